// What a tree imports and offers, and what it may not do when it is imported itself.
import AdamLibrary
import AdamSource
import AdamSyntax

/// An `import` as written.
package struct ImportSite {
  package var node: NodeID
  package var path: String
  package var span: Span
}

extension SyntaxTree {
  /// Every `import` of the tree in order of appearance, and what is wrong with how it is written.
  package func imports() -> (sites: [ImportSite], mistakes: [Diagnostic]) {
    var sites: [ImportSite] = []
    var mistakes: [Diagnostic] = []
    for (index, node) in nodes.enumerated() {
      guard case .importFile(let text) = node else { continue }
      let id = NodeID(Int32(clamping: index))
      guard case .string(let parts) = self[text], let path = Self.plainText(parts) else {
        mistakes.append(.importPath(at: span(text)))
        continue
      }
      sites.append(ImportSite(node: id, path: path, span: span(id)))
    }
    let inside = importStatementsInFunctions()
    mistakes += sites.filter { inside.contains($0.node) }.map { .importInsideFunction($0.path, at: $0.span) }
    return (sites, mistakes)
  }

  private static func plainText(_ parts: [StringPart]) -> String? {
    var text = ""
    for part in parts {
      guard case .text(let piece) = part else { return nil }
      text += piece
    }
    return text.isEmpty || text.utf8.contains(0) ? nil : text
  }

  /// `import "f"` whose names would be added inside a function.
  private func importStatementsInFunctions() -> Set<NodeID> {
    var found: Set<NodeID> = []
    var values: Set<NodeID> = []
    for node in nodes { if case .assign(_, let value) = node { values.insert(value) } }
    for node in nodes {
      switch node {
      case .function(_, _, let body), .lambda(_, let body): pending(body, values, &found)
      case .layer(let parts): for item in parts.items { pending(item, values, &found) }
      default: break
      }
    }
    return found
  }

  private func pending(_ root: NodeID, _ values: Set<NodeID>, _ found: inout Set<NodeID>) {
    walk(root, intoFunctions: false) { id in
      if case .importFile = self[id], !values.contains(id) { found.insert(id) }
    }
  }

  /// Calls `visit` for a node and everything below it, parents first.
  private func walk(_ root: NodeID, intoFunctions: Bool, _ visit: (NodeID) -> Void) {
    var pending = [root]
    while let id = pending.popLast() {
      visit(id)
      switch self[id] {
      case .lambda, .function, .layer:
        if !intoFunctions { continue }
      default: break
      }
      self[id].forEachChild { pending.append($0) }
    }
  }

  /// What a file offers to those who import it: its top-level names, those with `_` left out.
  package func exports() -> [String] {
    var seen: Set<String> = []
    return statements.flatMap { namesAssigned(in: $0) }.filter { !$0.hasPrefix("_") && seen.insert($0).inserted }
  }

  /// What the top level of an imported file may not do.
  package func importedActions() -> [Diagnostic] {
    var mistakes: [Diagnostic] = []
    for statement in statements {
      walk(statement, intoFunctions: false) { id in
        if let name = action(id) { mistakes.append(.importedAction(name, at: span(id))) }
      }
    }
    return mistakes
  }

  /// The verbs that only give a value.
  private static let quiet: Set<Verb> = [.assert, .load, .eval, .predict]

  private func action(_ id: NodeID) -> String? {
    switch self[id] {
    case .verb(let verb, _): return Self.quiet.contains(verb) ? nil : verb.rawValue
    case .call(let callee, _):
      guard case .name(let name) = self[callee], let verb = Verb(rawValue: name), !Self.quiet.contains(verb)
      else { return nil }
      return name
    case .on: return "on"
    case .sweep: return "sweep"
    case .checkGrad: return "check grad"
    default: return nil
    }
  }
}
