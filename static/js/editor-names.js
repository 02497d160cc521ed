// The library's editor: names and states of its parts for people who cannot see them (WCAG 2.2, 4.1.2), help with
// spelling, and room around the line in which somebody writes.
// Loaded before the editor, so that it hears when that is ready.
document.addEventListener("prose-editor:ready", (event) => {
  const box = event.target.closest(".prose-editor")
  const text = box.querySelector("[contenteditable]")
  text.setAttribute("role", "textbox")
  text.setAttribute("aria-multiline", "true")
  text.setAttribute("aria-label", "Text of the section")
  text.setAttribute("spellcheck", "true")
  text.setAttribute("lang", "en-GB")
  const NAMES = { "heading 3": "heading", "heading 4": "small heading", "unordered list": "list", "ordered list": "numbered list" }
  const STAYS = /^(heading|bold|italic|bulletList|orderedList|paragraph|quote|definitions|link$)/ // else it acts, and has no state
  const states = () => {
    const bar = box.querySelector(".prose-menubar")
    if (!bar) return
    bar.setAttribute("role", "group")
    bar.setAttribute("aria-label", "Form of the text")
    for (const button of bar.querySelectorAll("button")) {
      const values = { "aria-disabled": button.classList.contains("disabled") }
      if (STAYS.test(button.dataset.name)) values["aria-pressed"] = button.classList.contains("active")
      const name = NAMES[button.title]
      if (name) button.title = button.ariaLabel = name
      for (const [name, value] of Object.entries(values)) {
        if (button.getAttribute(name) !== String(value)) button.setAttribute(name, String(value))
      }
    }
  }
  // A window has a heading, but no name; that of links asks for a title, which a policy does not keep.
  const WORDS = { "Edit Link": "Link", URL: "Address" }
  const windows = () => {
    for (const dialog of box.querySelectorAll("dialog:not([aria-labelledby])")) {
      const heading = dialog.querySelector(".prose-editor-dialog-title")
      if (!heading) continue
      heading.id = "editor-window"
      dialog.setAttribute("aria-labelledby", heading.id)
      for (const part of dialog.querySelectorAll("h3, label")) part.textContent = WORDS[part.textContent] || part.textContent
      const title = dialog.querySelector("[name=href]") && dialog.querySelector("[name=title]")
      if (title) title.closest(".prose-editor-dialog-field").hidden = true
    }
  }
  // Bars that stick to the edges of the window never cover the line in which somebody writes.
  const view = event.detail.editor.view
  const keepClear = () => {
    const [top, bottom] = [".prose-menubar", ".write .bar"].map((name) => {
      const bar = document.querySelector(name)
      return 8 + (bar && getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0)
    })
    const room = { top, bottom, left: 0, right: 0 }
    view.setProps({ scrollThreshold: room, scrollMargin: room })
  }
  const look = () => {
    states()
    windows()
  }
  look()
  keepClear()
  window.addEventListener("resize", keepClear)
  new MutationObserver(look).observe(box, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] })
})
