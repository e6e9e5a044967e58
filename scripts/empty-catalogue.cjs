// Preloaded into node-red-dev: its public catalogue of nodes is answered empty, because it can't be had everywhere.
const axios = require(require.resolve('axios', { paths: [process.argv[1]] }))

axios.interceptors.request.use((config) => {
  if (!config.url.startsWith('https://catalogue.nodered.org/')) return config
  return { ...config, adapter: async () => ({ status: 200, headers: {}, config, data: { modules: [] } }) }
})
