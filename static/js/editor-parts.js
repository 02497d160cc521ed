// Parts of the editor that the library does not bring: definitions (dl, dt, dd).
import { Node, materialMenuButton } from "django-prose-editor/editor"

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
