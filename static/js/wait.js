// A page that waits for a worker: asks whether it is over, and then shows what came of it. Without it: "Look again".
(() => {
  const AGAIN = 1500
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "application/json" } })
      if (answer.ok && !(await answer.json()).waits) {
        document.getElementById("wait").textContent = "It is ready. If nothing happens, choose “Look again”."
        return location.reload()
      }
    } catch { /* the next look tells */ }
    setTimeout(look, AGAIN)
  }
  setTimeout(look, AGAIN)
})()
