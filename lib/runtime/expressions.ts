import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red'

type Prepared = ReturnType<NodeAPI['util']['prepareJSONataExpression']>

/** The JSONata expressions of one node's settings, each parsed once: parsing costs far more than running. */
export class Expressions {
  readonly #RED: NodeAPI
  readonly #node: Node
  readonly #prepared = new Map<string, Prepared>()

  constructor(RED: NodeAPI, node: Node) {
    this.#RED = RED
    this.#node = node
  }

  /** @throws what JSONata says of a text that is no expression */
  evaluate(text: string, msg: NodeMessageInFlow, callback: (failure: Error | null, result: unknown) => void): void {
    let expression = this.#prepared.get(text)
    if (!expression) {
      expression = this.#RED.util.prepareJSONataExpression(text, this.#node)
      this.#prepared.set(text, expression)
    }
    this.#RED.util.evaluateJSONataExpression(expression, msg, callback)
  }
}
