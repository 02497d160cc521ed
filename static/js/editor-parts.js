// Parts of the editor that the library does not bring: definitions (dl, dt, dd), and a button for quotes without those
// for pictures by address and lines that come with it there.
import { Extension, Node, materialMenuButton } from "django-prose-editor/editor"

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
        editor.chain().focus().insertContent({
          type: "definitions",
          content: [
            { type: "term", content: [{ type: "text", text: "Term" }] },
            { type: "definition", content: [{ type: "paragraph", content: [{ type: "text", text: "What it means" }] }] },
          ],
        }).run()
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
