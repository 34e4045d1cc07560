// Questions about parts of a tree that lowering asks before it makes code.
import AdamIR
import AdamSyntax

extension SyntaxTree {
  /// For each node whether an `if` or block stands in it, functions left out. Children are made
  /// before their parents; where one is not, the answer is yes.
  func nodesThatMayAssign() -> [Bool] {
    var result = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      switch node {
      case .conditional, .block: result[index] = true
      case .lambda, .number, .name, .bool, .none: break
      default:
        var found = false
        node.forEachChild { child in
          let at = Int(child.index)
          found = found || at >= index || result[at]
        }
        result[index] = found
      }
    }
    return result
  }

  /// Names that the body of a function assigns: its locals. Functions inside have their own; loop
  /// variables belong to their loops, and what an `on` block is given to the block. In order of
  /// appearance. `updating` tells the methods that update their variable when they stand as statements.
  func namesAssigned(in body: NodeID, updating: (String) -> Bool = { _ in false }) -> [String] {
    var names: [String] = []
    var seen: Set<String> = []
    var pending = [body]
    while let id = pending.popLast() {
      for name in ownTargets(self[id], updating) where seen.insert(name).inserted { names.append(name) }
      switch self[id] {
      case .lambda, .function, .layer: break
      case .on(_, _, let block):
        let inside = namesAssigned(in: block, updating: updating).filter { !ProgramFunction.hookNames.contains($0) }
        for name in inside where seen.insert(name).inserted { names.append(name) }
      case .forLoop(let patterns, let sequence, let block):
        let own = patterns.flatMap(\.names).map(\.text)
        let inside = namesAssigned(in: sequence, updating: updating)
          + namesAssigned(in: block, updating: updating).filter { !own.contains($0) }
        for name in inside where seen.insert(name).inserted { names.append(name) }
      default:
        var children: [NodeID] = []
        self[id].forEachChild { children.append($0) }
        pending.append(contentsOf: children.reversed())
      }
    }
    return names
  }

  /// Names that one statement itself assigns.
  private func ownTargets(_ node: Node, _ updating: (String) -> Bool) -> [String] {
    switch node {
    case .call(let callee, _):
      if case .field(let base, let method) = self[callee], updating(method.text) {
        rootNames(base)
      } else {
        []
      }
    case .assign(let targets, _): targets.flatMap { rootNames($0) }
    case .compoundAssign(_, let target, _): rootNames(target)
    case .function(let name, _, _): [name.text]
    case .layer(let parts): [parts.name.text]
    case .param(let name, _, _): [name.text]
    default: []
    }
  }

  /// The variables that a target changes: `x` for `x`, `x.a[0]`; all of a tuple.
  func rootNames(_ target: NodeID) -> [String] {
    var names: [String] = []
    var pending = [target]
    while let id = pending.popLast() {
      switch self[id] {
      case .name(let name): names.append(name)
      case .field(let base, _), .index(let base, _): pending.append(base)
      case .tuple(let elements): pending.append(contentsOf: elements.reversed())
      default: break
      }
    }
    return names.filter { $0 != "_" }
  }
}

extension Node {
  /// Calls `visit` for each direct child, in source order.
  func forEachChild(_ visit: (NodeID) -> Void) {
    switch self {
    case .number, .bool, .none, .name, .breakLoop, .continueLoop, .invalid: break
    case .string(let parts):
      for case .value(let id, _) in parts { visit(id) }
    case .list(let ids), .tuple(let ids), .block(let ids): ids.forEach(visit)
    case .record(let arguments), .verb(_, let arguments): arguments.forEach { visit($0.value) }
    case .unary(_, let a), .importFile(let a): visit(a)
    case .binary(_, let a, let b), .compoundAssign(_, let a, let b), .whileLoop(let a, let b):
      visit(a)
      visit(b)
    case .field(let a, _): visit(a)
    case .returnValue(let a), .checkGrad(let a):
      if let a { visit(a) }
    default: forEachChildOfCompound(visit)
    }
  }

  private func forEachChildOfCompound(_ visit: (NodeID) -> Void) {
    switch self {
    case .comprehension(let parts):
      visit(parts.sequence)
      if let condition = parts.condition { visit(condition) }
      visit(parts.element)
    case .call(let callee, let arguments):
      visit(callee)
      arguments.forEach { visit($0.value) }
    case .index(let base, let items):
      visit(base)
      items.forEach { $0.forEachChild(visit) }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        visit(branch.condition)
        visit(branch.block)
      }
      if let otherwise { visit(otherwise) }
    case .lambda(let parameters, let body), .function(_, let parameters, let body):
      parameters.forEach { $0.defaultValue.map(visit) }
      visit(body)
    case .assign(let targets, let value):
      targets.forEach(visit)
      visit(value)
    case .forLoop(_, let sequence, let body):
      visit(sequence)
      visit(body)
    case .on(_, let every, let body):
      if let every { visit(every) }
      visit(body)
    case .sweep(_, let body): visit(body)
    case .param(_, let shape, let value):
      shape?.forEach(visit)
      visit(value)
    default: break
    }
  }
}

extension IndexItem {
  func forEachChild(_ visit: (NodeID) -> Void) {
    switch self {
    case .value(let id), .from(let id), .upTo(let id, _): visit(id)
    case .all: break
    }
  }
}
