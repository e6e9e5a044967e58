/** A word that texts use for a thing, and the others that they do not. */
export interface Term {
  say: string
  not: RegExp
}

/** The words of each language: one for each thing, in dialogs, help, errors and documents alike. */
export const glossary: Readonly<Record<string, readonly Term[]>> = {
  'en-US': [
    { say: 'Thing+', not: /\bthing ?plus\b/i },
    {
      say: 'device session',
      not: /\b(?:through|by|over) (?:a|the) device\b(?!(?:['’]s)? session|['’]s\b)|\bdevice channel\b/i,
    },
    {
      say: 'through (or on) the integration channel',
      not: /\bintegration \(application\)|\bby the integration channel\b/i,
    },
    { say: 'measurement point, or point', not: /(?<![-\w])(?:measure|data) ?points?\b/i },
    { say: 'thing model', not: /\bproduct model\b|\bmodels of EnOS\b/i },
    { say: 'sub-device', not: /\bsub ?devices?\b/i },
    { say: 'organisation', not: /\borganiz|\bauthoriz|\bbehavior\b|\bcolors?\b/i },
    { say: 'time-out', not: /\btimeouts?\b/i },
    { say: 'configuration', not: /\bconfigs?\b|\bconfig node/i },
    { say: 'id', not: /\bIDs?\b/ },
  ],
  de: [
    { say: 'Thing+', not: /\bThing ?Plus\b|\bThingPlus\b/i },
    { say: 'Node, männlich', not: /(?<!übergeordnete[rn]? )\bKnoten\b|\b(?:eine|diese|jede) (?:[\w-]+-)?Node\b/ },
    { say: 'Thing-Modell', not: /\bThing[ -]Models?\b/ },
    { say: 'Gerätesitzung', not: /\bGeräte-?[Ss]ession\b/ },
    { say: 'Integrationskanal', not: /\bIntegration \(Anwendung\)|\bIntegration Channel\b/ },
    { say: 'Messpunkt', not: /\bDatenpunkte?n?\b/ },
    { say: 'Secret', not: /\bGeheimnis/ },
  ],
  'zh-CN': [
    { say: '测点', not: /测量点|数据点/ },
    { say: '节点', not: /结点/ },
    { say: '传感器', not: /感应器/ },
    { say: '物模型', not: /事物模型|物体模型/ },
  ],
  ko: [
    { say: '디바이스', not: /장치/ },
    { say: '타입', not: /유형/ },
    { say: '오브젝트', not: /객체/ },
    { say: '측정점', not: /측정 ?포인트/ },
    { say: '설정', not: /cloud-outbox 구성|아웃박스 구성/ },
  ],
  ja: [
    { say: 'センサ', not: /センサー/ },
    { say: 'フォルダ', not: /フォルダー/ },
    { say: 'ユーザ', not: /ユーザー/ },
    { say: '種別', not: /タイプ/ },
    { say: '測定点', not: /計測点|データ点/ },
  ],
}

/** What a person reads of a text: no code, no tags, no addresses. */
export function wordsOf(text: string): string {
  return text
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/`[^`]*`/g, ' ')
    .replace(/<(code|pre)>[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\]\([^)]*\)/g, '] ')
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(/\bmsg\.[\w.]+|"[\w.-]+"|@[\w/-]+/g, ' ')
    .replace(/\s+/g, ' ')
}

/** What of a text says a thing by another word than its own. */
export function strayWords(text: string, terms: readonly Term[]): string[] {
  const words = wordsOf(text)
  return terms.flatMap(({ say, not }) => {
    const found = not.exec(words)
    if (!found) return []
    const around = words.slice(Math.max(0, found.index - 40), found.index + found[0].length + 20)
    return [`"${found[0]}" for "${say}": … ${around} …`]
  })
}
