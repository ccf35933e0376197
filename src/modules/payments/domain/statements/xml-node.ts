/** An element, without those of other namespaces. */
export interface Node {
  name: string;
  /** The attribute `Ccy` of amounts. */
  currency: string | null;
  text: string;
  children: Node[];
}

export function first(node: Node | null, name: string): Node | null {
  return node?.children.find((child) => child.name === name) ?? null;
}

export function all(node: Node | null, name: string): Node[] {
  return node?.children.filter((child) => child.name === name) ?? [];
}

/** The trimmed text of the first element on a path; null where there is none, or nothing in it. */
export function textAt(node: Node | null, ...path: string[]): string | null {
  const found = path.reduce<Node | null>(first, node);
  return found?.text.trim() || null;
}
