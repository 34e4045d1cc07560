// Calls of functions that end in `xs.append(v)`: they give a changed copy, and a call as a statement of
// its own drops it.
import AdamSource
import AdamSyntax

struct DroppedCopies {
  private let tree: SyntaxTree
  /// Of each function that gives a changed parameter: which one, and where.
  private var changing: [String: (parameter: Int, name: String, span: Span)] = [:]
  private(set) var found: [Diagnostic] = []

  init(_ tree: SyntaxTree) {
    self.tree = tree
    for id in tree.statements {
      guard case .function(let name, let parameters, let body) = tree[id] else { continue }
      changing[name.text] = changedParameter(parameters, body)
    }
    if changing.isEmpty { return }
    for id in tree.statements { look(at: id) }
    for node in tree.nodes {
      switch node {
      case .forLoop(_, _, let body), .whileLoop(_, let body): lookInside(body, besidesLast: false)
      case .function(_, _, let body), .lambda(_, let body): lookInside(body, besidesLast: true)
      default: break
      }
    }
  }

  private func changedParameter(
    _ parameters: [Parameter], _ body: NodeID
  ) -> (parameter: Int, name: String, span: Span)? {
    guard case .block(let statements) = tree[body], let last = statements.last else { return nil }
    if case .conditional(let branches, let otherwise) = tree[last] {
      let blocks = branches.map(\.block) + (otherwise.map { [$0] } ?? [])
      return blocks.lazy.compactMap { changedParameter(parameters, $0) }.first
    }
    guard case .call(let callee, _) = tree[last], case .field(let base, let method) = tree[callee],
      case .name(let name) = tree[base], SyntaxTree.updatesVariable(method.text),
      let index = parameters.firstIndex(where: { $0.name.text == name })
    else { return nil }
    return (index, name, tree.span(last))
  }

  private mutating func lookInside(_ block: NodeID, besidesLast: Bool) {
    guard case .block(let statements) = tree[block] else { return }
    for id in besidesLast ? statements.dropLast() : statements[...] { look(at: id) }
  }

  private mutating func look(at statement: NodeID) {
    guard case .call(let callee, let arguments) = tree[statement], case .name(let name) = tree[callee],
      let change = changing[name], arguments.indices.contains(change.parameter)
    else { return }
    var variable: String?
    if case .name(let given) = tree[arguments[change.parameter].value] { variable = given }
    found.append(.droppedCopy(name, change.name, variable, at: tree.span(statement), changed: change.span))
  }
}
