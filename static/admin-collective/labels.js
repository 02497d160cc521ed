// The editor and the search box of a choice have no name of their own: give each that of its field (WCAG 2.2, 4.1.2).
(function () {
  function labelOf(field) {
    const label = field && document.querySelector(`label[for="${field.id}"]`);
    return label ? label.textContent.replace(":", "").trim() : "Text";
  }
  function name() {
    document.querySelectorAll(".ProseMirror[contenteditable]:not([aria-label])").forEach(function (editor) {
      const wrapper = editor.closest(".prose-editor") || editor.parentElement.parentElement;
      editor.setAttribute("aria-label", labelOf(wrapper.querySelector("textarea")));
    });
    document.querySelectorAll(".select2-selection[role]:not([aria-label]), .select2-selection__rendered[role]:not([aria-label])").forEach(function (choice) {
      const select = choice.closest(".select2-container").previousElementSibling;
      choice.setAttribute("aria-label", labelOf(select));
      choice.removeAttribute("aria-labelledby");
    });
    document.querySelectorAll(".select2-search__field:not([aria-label])").forEach(function (search) {
      const container = search.closest(".select2-container");
      const select = container && container.previousElementSibling;
      search.setAttribute("aria-label", `Search: ${labelOf(select)}`);
    });
  }
  addEventListener("load", function () {
    name();
    new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  });
})();
