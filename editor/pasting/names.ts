/** What stands before names in an .env file, and says nothing. */
const products = ['enos', 'envision', 'thingplus', 'thing', 'plus', 'tp']
const mostCharacters = 120

/** The words of a name, in small letters: `ENOS_APP_KEY` and `enosAppKey` have the same. */
export function wordsOf(name: string): string[] {
  const text = name
    .slice(0, mostCharacters)
    // What stands in brackets explains it.
    .replaceAll(/\([^()]*\)/g, ' ')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
}

export const withoutProducts = (words: readonly string[]): readonly string[] =>
  words.slice(words.findIndex((word) => !products.includes(word)))

/** More than this is the likeness of a name to what is called just so. */
export const exactLikeness = 1_000

/** How well a name names what is called this: 0 where it does not. */
export function likeness(name: readonly string[], called: readonly string[]): number {
  const wanted = called.join('')
  if (wanted === '') return 0
  const own = withoutProducts(name)
  if (own.join('') === wanted || name.join('') === wanted) return exactLikeness + wanted.length
  // The last words of a longer name, such as PLANT_3_DEVICE_KEY, if they say enough by themselves.
  const tail = own.slice(-called.length)
  const saysEnough = called.length > 1 || isSecretWord(wanted)
  return saysEnough && tail.join('') === wanted ? wanted.length : 0
}

const secretWords = ['secret', 'password', 'passwd', 'pwd', 'passphrase', 'token', 'passwort', 'kennwort', 'geheimnis']
const secretSigns = ['密码', '密钥', '口令', '비밀', '암호', '시크릿', 'パスワード', 'シークレット', '秘密']

/** Keys that are secrets, unlike those of products and devices. */
const secretKeys = ['appkey', 'accesskey', 'apikey', 'privatekey', 'secretkey']

export const isSecretWord = (word: string) =>
  secretWords.some((secret) => word.endsWith(secret)) || secretSigns.some((sign) => word.includes(sign))

/** Whether something of this name is a secret, so that it is not shown, and goes into no field that is. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name)
  return words.some(isSecretWord) || secretKeys.some((key) => words.join('').includes(key))
}
