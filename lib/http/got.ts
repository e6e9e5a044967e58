import type { Got } from 'got'

/**
 * got, through the one `import()` of the package: a `require` of an ES module fails in Node-RED 5 when another package
 * loads the same module at the same time. Node.js caches the module.
 */
export async function loadGot(): Promise<Got> {
  return (await import('got')).default
}
