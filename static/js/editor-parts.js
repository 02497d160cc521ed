// Parts of the editor that the library does not bring: definitions (dl, dt, dd), and a button for quotes without those
// for pictures by address and lines that come with it there.
import { Extension, Node, Plugin, materialMenuButton } from "django-prose-editor/editor"

export const Definitions = Node.create({
  name: "definitions",
  group: "block",
  content: "(term+ definition+)+",
  parseHTML: () => [{ tag: "dl" }],
  renderHTML: () => ["dl", 0],
  addMenuItems({ menu }) {
    menu.defineItem({
      name: "definitions",
      groups: "definitions",
      button: materialMenuButton("menu_book", "definition: a term and what it means"),
      active: (editor) => editor.isActive("definitions"),
      command(editor) {
        const at = editor.state.selection.from
        const content = [{ type: "term" }, { type: "definition", content: [{ type: "paragraph" }] }]
        editor.chain().focus().insertContent({ type: "definitions", content }).run()
        let term = null
        editor.state.doc.nodesBetween(Math.max(0, at - 2), editor.state.doc.content.size, (node, place) => {
          if (term === null && node.type.name === "term" && !node.content.size) term = place + 1
        })
        if (term !== null) editor.chain().setTextSelection(term).run()
      },
    })
  },
})

export const Term = Node.create({
  name: "term",
  content: "inline*",
  defining: true,
  parseHTML: () => [{ tag: "dt" }],
  renderHTML: () => ["dt", 0],
})

export const Definition = Node.create({
  name: "definition",
  content: "paragraph+",
  defining: true,
  parseHTML: () => [{ tag: "dd" }],
  renderHTML: () => ["dd", 0],
})

export const QuoteButton = Extension.create({
  name: "quoteButton",
  addMenuItems({ menu }) {
    menu.defineItem({
      name: "quote",
      groups: "quote",
      button: materialMenuButton("format_quote", "quote: what somebody said"),
      active: (editor) => editor.isActive("blockquote"),
      command(editor) { editor.chain().focus().toggleBlockquote().run() },
    })
  },
})

// The language of a passage, where it is not English: stored as `lang`, chosen in a select at the end of the toolbar.
const SPEAKS = ["paragraph", "heading", "term", "caption"]
export const Languages = Extension.create({
  name: "languages",
  addGlobalAttributes: () => [{
    types: SPEAKS,
    attributes: {
      lang: {
        default: null,
        keepOnSplit: true,
        parseHTML: (element) => (/^(en\b.*)?$/i.test(element.lang) ? null : element.lang),
        renderHTML: ({ lang }) => (lang ? { lang } : {}),
      },
    },
  }],
  addCommands: () => ({
    setPassageLanguage: (lang) => ({ state, tr, dispatch }) => {
      state.doc.nodesBetween(state.selection.from, state.selection.to, (node, place) => {
        if (dispatch && SPEAKS.includes(node.type.name)) tr.setNodeAttribute(place, "lang", lang || null)
      })
      return true
    },
  }),
  onCreate() {
    const part = document.getElementById("passage-language")
    const select = part?.querySelector("select")
    if (!select) return
    this.storage.select = select
    select.addEventListener("change", () => this.editor.commands.setPassageLanguage(select.value))
    this.editor.view.dom.closest(".prose-editor").querySelector(".prose-menubar").append(part)
    part.hidden = false
  },
  // Shows the language of the passage in which the cursor is, also one that is not in the list.
  onTransaction() {
    const { select } = this.storage
    if (!select) return
    const lang = this.editor.state.selection.$from.parent.attrs.lang || ""
    if (![...select.options].some((option) => option.value === lang)) select.add(new Option(lang, lang))
    if (select.value !== lang) select.value = lang
  },
})

// What Word, Google Docs and web pages put on the clipboard says much by styles, which our pages do not obey.
const styleOf = (element) => (element.getAttribute("style") || "").replace(/\s/g, "")

const rename = (element, tag) => {
  const made = element.ownerDocument.createElement(tag)
  made.append(...element.childNodes)
  element.replaceWith(made)
  return made
}

const tidyMarks = (page) => {
  for (const element of page.querySelectorAll("b, strong")) {
    if (/font-weight:(normal|400)/.test(styleOf(element))) element.replaceWith(...element.childNodes)
  }
  for (const element of page.querySelectorAll("span[style]")) {
    const style = styleOf(element)
    const outer = /font-weight:(bold|[6-9]00)/.test(style) ? rename(element, "strong") : element
    if (!/font-style:italic/.test(style)) continue
    const inner = page.createElement("em")
    inner.append(...outer.childNodes)
    outer.append(inner)
  }
}

// What nobody sees there, or sees struck out, and comments: the writer is told all that was left out.
const COMMENTS = "[style*='mso-element:comment'], .MsoCommentReference, .MsoCommentText, .msocomanchor, .msocomtxt, "
  + "a[href^='#_msocom'], a[href^='#cmnt']"
const ANCHOR = /^\[\w+\]$/ // the sign in the text that leads to a comment
const COMMENT_NODE = 8 // a comment of HTML's, nobody's words
const INLINE = "a, b, strong, i, em, u, span, font, s, strike, del, ins"
const isHidden = (element) =>
  element.hasAttribute("hidden") || /display:none|visibility:hidden|mso-hide:all/i.test(styleOf(element))

const beside = (element, side) => {
  let row = element
  while (!row[side] && row.parentElement?.matches(INLINE)) row = row.parentElement
  do row = row[side]; while (row?.nodeType === COMMENT_NODE)
  return row?.textContent || ""
}
// "Call[ the ]police" without its struck-out word is "Call police".
const holdsApart = (element) =>
  /^\s|\s$/.test(element.textContent)
  && /\S$/.test(beside(element, "previousSibling")) && /^[^\s)\]}”’.,:;!?…]/.test(beside(element, "nextSibling"))

const takeOut = (page) => {
  const groups = [
    ["comments", [...page.querySelectorAll(COMMENTS)]],
    ["hidden", [...page.querySelectorAll("[hidden], [style]")].filter(isHidden)],
    ["tracked", [...page.querySelectorAll("del")]],
    ["struck", [...page.querySelectorAll("s, strike, [style*='line-through']")]],
  ]
  const gone = {}
  for (const [why, elements] of groups) {
    gone[why] = []
    for (const element of elements) {
      if (!element.isConnected) continue // it went with what it stood in
      const words = element.textContent.replace(/\s+/g, " ").trim()
      if (words && !ANCHOR.test(words)) gone[why].push(words)
      if ((why === "tracked" || why === "struck") && holdsApart(element)) element.replaceWith(" ")
      else element.remove()
    }
  }
  return gone
}

// Raised and lowered figures as signs, as the server writes them: 10² is never 102.
const RAISED = Object.fromEntries([..."0123456789+-=()n"].map((sign, at) => [sign, [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"][at]]))
const LOWERED = Object.fromEntries([..."0123456789+-=()"].map((sign, at) => [sign, [..."₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"][at]]))
const sayRaised = (page) => {
  for (const element of page.querySelectorAll("sup, sub, [style*='vertical-align']")) {
    const up = element.tagName === "SUP" || /vertical-align:super/.test(styleOf(element))
    const down = element.tagName === "SUB" || /vertical-align:sub/.test(styleOf(element))
    const table = up ? RAISED : down ? LOWERED : {}
    const signs = [...element.textContent]
    if (signs.length && signs.every((sign) => table[sign])) element.textContent = signs.map((sign) => table[sign]).join("")
  }
}

const numberOf = (sign) => {
  const found = /^\(?(?:(\d{1,3})|([a-z]))[.)]?$/i.exec(sign)
  if (!found) return 0
  return found[1] ? Number(found[1]) : found[2].toLowerCase().charCodeAt(0) - 96
}

// Word writes a list as paragraphs whose style names the level, with the sign in a span of its own.
const tidyLists = (page) => {
  let last = null, open = []
  for (const item of page.querySelectorAll("p[style*='mso-list']")) {
    const level = Number(/level(\d)/.exec(styleOf(item))?.[1] || 1)
    const sign = item.querySelector("span[style*='mso-list']")
    const said = (sign?.textContent || "").replace(/\s/g, "")
    const number = said === "o" ? 0 : numberOf(said)
    sign?.remove()
    if (!number && /[0-9a-z]/i.test(said) && said !== "o") { // "Part I", "1.01": words
      item.prepend(`${said} `)
      open = []
      continue
    }
    if (!last || item.previousElementSibling !== last) open = []
    open.length = Math.min(open.length, level)
    const now = open.at(-1)
    const next = now && Number(now.getAttribute("start") || 1) + now.children.length
    const goesOn = now && (now.tagName === "OL" ? number === next : !number)
    if (open.length === level && !goesOn) open.pop()
    if (open.length < level || !open.length) {
      const made = page.createElement(number ? "ol" : "ul")
      if (number > 1) made.setAttribute("start", number)
      if (open.length) open.at(-1).lastElementChild.append(made)
      else {
        item.before(made)
        last = made
      }
      open.push(made)
    }
    const entry = page.createElement("li")
    open.at(-1).append(entry)
    entry.append(item)
  }
}

const tidyPasted = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html")
  const gone = takeOut(page)
  sayRaised(page)
  tidyMarks(page)
  tidyLists(page)
  for (const element of page.querySelectorAll("h1, h2")) rename(element, "h3")
  for (const element of page.querySelectorAll("h5, h6")) rename(element, "h4")
  const foreign = page.querySelectorAll("img:not([src^='/policies/pictures/'])")
  for (const element of foreign) element.remove()
  const detail = { ...gone, pictures: foreign.length }
  if (foreign.length || Object.values(gone).flat().length) document.dispatchEvent(new CustomEvent("left-out", { detail }))
  for (const element of page.querySelectorAll("[style]")) element.removeAttribute("style")
  return page.body.innerHTML
}

export const TidyPaste = Extension.create({
  name: "tidyPaste",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: tidyPasted } })],
})
