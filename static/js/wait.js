// A page that waits for a worker: asks whether it is over, then shows what came of it, or says so. Without it: "Look again".
(() => {
  const AGAIN = 1500
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "application/json" } })
      if (answer.ok && !(await answer.json()).waits) {
        const wait = document.getElementById("wait")
        const over = wait.dataset.over // where something is typed on the page, it is not loaded anew
        wait.textContent = over || "It is ready. If nothing happens, choose “Look again”."
        return over || location.reload()
      }
    } catch { /* the next look tells */ }
    setTimeout(look, AGAIN)
  }
  setTimeout(look, AGAIN)
})()
