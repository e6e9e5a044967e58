/**
 * What runs in the browser: it brings the sections up to date every second, and turns faults on and off. The HTML it puts in
 * has been made and escaped by the simulator. A text, because nothing of the library is compiled for browsers.
 */
export const liveScript = `
(() => {
  const gone = document.querySelector('.gone')
  const shown = new Map()
  let changes = 0
  const put = (id, markup) => {
    if (shown.get(id) === markup) return
    shown.set(id, markup)
    const focused = document.activeElement && document.activeElement.id
    document.getElementById(id).innerHTML = markup
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus()
  }
  const refresh = async () => {
    const before = changes
    try {
      const answer = await fetch('/_simulator/page')
      if (!answer.ok) throw new Error(answer.status)
      const sections = await answer.json()
      if (before === changes) for (const id of Object.keys(sections)) put(id, sections[id])
      gone.textContent = ''
    } catch {
      gone.textContent = gone.dataset.gone
    }
  }
  const change = async (path, method) => {
    changes += 1
    await fetch(path, { method }).catch(() => {})
    changes += 1
    await refresh()
  }
  document.addEventListener('change', ({ target }) => {
    if (target.dataset.fault) change('/_simulator/faults/' + target.dataset.fault, target.checked ? 'PUT' : 'DELETE')
  })
  document.addEventListener('click', ({ target }) => {
    if (target.id === 'end-faults') change('/_simulator/faults', 'DELETE')
  })
  const live = async () => {
    if (!document.hidden) await refresh()
    setTimeout(live, 1000)
  }
  setTimeout(live, 1000)
})()
`
