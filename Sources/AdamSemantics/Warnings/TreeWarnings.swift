// Warnings that follow from the text alone: names, updates and statements of functions that can have no
// effect. Only what is certain is said.
import AdamLibrary
import AdamSource
import AdamSyntax

/// What is suspicious in a parsed text, in the order of places. The text has no syntax errors.
package func warnings(about tree: SyntaxTree) -> [Diagnostic] {
  var found: [Diagnostic] = []
  for node in tree.nodes {
    switch node {
    case .function(let name, let parameters, let body):
      found += FunctionWarnings(tree, name.text, parameters, body).found
    case .lambda(let parameters, let body): found += FunctionWarnings(tree, nil, parameters, body).found
    case .block(let statements): found += tree.unreachable(in: statements)
    default: break
    }
  }
  found += DroppedCopies(tree).found
  return found.sorted { ($0.span?.start ?? 0, $0.code.text) < ($1.span?.start ?? 0, $1.code.text) }
}

extension SyntaxTree {
  /// The first statement behind one that always leaves its block.
  fileprivate func unreachable(in statements: [NodeID]) -> [Diagnostic] {
    for index in statements.indices.dropLast() {
      let (leaving, next) = (statements[index], statements[index + 1])
      switch self[leaving] {
      case .returnValue: return [.unreachable(at: span(next), behind: span(leaving), "the function ends here")]
      case .breakLoop: return [.unreachable(at: span(next), behind: span(leaving), "the loop ends here")]
      case .continueLoop:
        return [.unreachable(at: span(next), behind: span(leaving), "the next turn begins here")]
      default: break
      }
    }
    return []
  }
}

/// One function being looked at.
private struct FunctionWarnings {
  let tree: SyntaxTree
  let name: String?
  let parameters: [Parameter]
  private(set) var found: [Diagnostic] = []
  private var uses = NameUses()

  init(_ tree: SyntaxTree, _ name: String?, _ parameters: [Parameter], _ body: NodeID) {
    self.tree = tree
    self.name = name
    self.parameters = parameters
    uses.read(tree, body)
    let last = finalAssignment(body)
    if let last { found.append(last.warning) }
    unusedBindings(besides: last?.name)
    updatesOfCopies()
  }

  /// A name assigned as the function's last act: it is a local, and nobody sees it.
  private func finalAssignment(_ body: NodeID) -> (name: String, warning: Diagnostic)? {
    guard case .block(let statements) = tree[body], let last = statements.last else { return nil }
    let target: NodeID
    var value: NodeID?
    switch tree[last] {
    case .assign(let targets, let given) where targets.count == 1: (target, value) = (targets[0], given)
    case .compoundAssign(_, let place, _): target = place
    default: return nil
    }
    guard case .name(let local) = tree[target] else { return nil }
    var warning = Diagnostic.endsInAssignment(local, in: name, at: tree.span(last))
    if let value, !tree[value].isVerb {
      let head = Span(tree.source, tree.span(target).start, tree.span(value).start)
      warning.helps = [Help("to give the value, write it alone", edits: [Edit(head, "")])]
    } else {
      warning.helps = [Help("to give the value, end with `\(local)`")]
    }
    return (local, warning)
  }

  /// Verbs take `model`, `data`, `loss` and `opt` from the function without naming them.
  private static let verbDefaults: Set<String> = ["model", "data", "loss", "opt"]

  private mutating func unusedBindings(besides last: String?) {
    for binding in uses.bindings where binding.text != last && !binding.text.hasPrefix("_") {
      let isParameter = parameters.contains { $0.name.text == binding.text }
      if isParameter || uses.isRead(binding.text) || Self.verbDefaults.contains(binding.text) { continue }
      found.append(.unusedBinding(binding.text, in: name, at: binding.span))
    }
  }

  private mutating func updatesOfCopies() {
    for update in uses.updates {
      guard let parameter = parameters.first(where: { $0.name.text == update.name }),
        !uses.isRead(update.name, after: update.span.end), !uses.isRead(update.name, within: update.loop)
      else { continue }
      found.append(.changesCopy(update.name, at: update.span, parameter: parameter.name.span))
    }
  }
}

extension Node {
  fileprivate var isVerb: Bool {
    if case .verb = self { true } else { false }
  }
}

/// Which names a function binds, reads and updates, functions inside it included.
private struct NameUses {
  struct Update {
    var name: String
    var span: Span
    /// The outermost loop around it.
    var loop: Span?
  }

  /// First plain assignment of each name, by one target alone.
  private(set) var bindings: [Name] = []
  private(set) var updates: [Update] = []
  private var reads: [String: [Span]] = [:]
  private var bound: Set<String> = []

  /// A node still to be looked at.
  private struct Pending {
    var node: NodeID
    /// Its value is the function's.
    var isResult = false
    var isInner = false
    var loop: Span?
  }

  func isRead(_ name: String) -> Bool { reads[name] != nil }
  func isRead(_ name: String, after place: Int32) -> Bool { reads[name]?.contains { $0.start >= place } == true }
  func isRead(_ name: String, within loop: Span?) -> Bool {
    guard let loop else { return false }
    return reads[name]?.contains { $0.start >= loop.start && $0.end <= loop.end } == true
  }

  mutating func read(_ tree: SyntaxTree, _ body: NodeID) {
    var pending = [Pending(node: body, isResult: true)]
    while let next = pending.popLast() {
      var children: [Pending] = []
      visit(tree, next, &children)
      pending.append(contentsOf: children.reversed())
    }
  }

  private mutating func visit(_ tree: SyntaxTree, _ at: Pending, _ children: inout [Pending]) {
    func child(_ id: NodeID) -> Pending { Pending(node: id, isInner: at.isInner, loop: at.loop) }
    let span = tree.span(at.node)
    if case .name(let name) = tree[at.node] { return reads[name, default: []].append(span) }
    switch tree[at.node] {
    case .block(let statements):
      for id in statements {
        let isResult = at.isResult && id == statements.last
        if !(isResult && tree.isCall(id)), !at.isInner, noteUpdate(tree, id, at.loop, &children) { continue }
        children.append(Pending(node: id, isResult: isResult, isInner: at.isInner, loop: at.loop))
      }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        children.append(child(branch.condition))
        children.append(Pending(node: branch.block, isResult: at.isResult, isInner: at.isInner, loop: at.loop))
      }
      if let otherwise {
        children.append(Pending(node: otherwise, isResult: at.isResult, isInner: at.isInner, loop: at.loop))
      }
    case .assign(let targets, let value):
      children.append(child(value))
      bind(tree, targets, isInner: at.isInner, &children)
    case .forLoop(_, let sequence, let body):
      children.append(child(sequence))
      children.append(Pending(node: body, isInner: at.isInner, loop: at.loop ?? span))
    case .whileLoop(let condition, let body):
      for id in [condition, body] { children.append(Pending(node: id, isInner: at.isInner, loop: at.loop ?? span)) }
    case .function(let name, let parameters, let body):
      if !at.isInner { note(name) }
      parameters.forEach { $0.defaultValue.map { children.append(child($0)) } }
      children.append(Pending(node: body, isInner: true))
    case .lambda(_, let body):
      tree[at.node].forEachChild { id in
        children.append(Pending(node: id, isInner: id == body || at.isInner, loop: at.loop))
      }
    case .layer(let parts):
      parts.parameters.forEach { $0.defaultValue.map { children.append(child($0)) } }
      for id in parts.items + [parts.forward] { children.append(Pending(node: id, isInner: true)) }
    case .sweep(let generators, let body):
      for generator in generators {
        switch generator {
        case .lane(_, let value), .option(_, let value): children.append(child(value))
        }
      }
      children.append(Pending(node: body, isInner: true))
    case .field(let base, let name):
      // `x.f()` may call the function `f`.
      reads[name.text, default: []].append(name.span)
      children.append(child(base))
    default: tree[at.node].forEachChild { children.append(child($0)) }
    }
  }

  private mutating func note(_ name: Name) {
    if bound.insert(name.text).inserted { bindings.append(name) }
  }

  /// Targets: a name alone is bound; all else in them is read.
  private mutating func bind(
    _ tree: SyntaxTree, _ targets: [NodeID], isInner: Bool, _ children: inout [Pending]
  ) {
    for target in targets {
      switch tree[target] {
      case .name(let name):
        let place = Name(name, tree.span(target))
        if isInner || targets.count > 1 { reads[name, default: []].append(place.span) } else { note(place) }
      default: children.append(Pending(node: target, isInner: isInner))
      }
    }
  }

  /// `xs.append(v)`, `xs[i] = v`: whether the statement changes a part of a plain name.
  private mutating func noteUpdate(
    _ tree: SyntaxTree, _ id: NodeID, _ loop: Span?, _ children: inout [Pending]
  ) -> Bool {
    var parts: [NodeID] = []
    var root: String?
    switch tree[id] {
    case .call(let callee, let arguments):
      guard case .field(let base, let method) = tree[callee], case .name(let name) = tree[base],
        SyntaxTree.updatesVariable(method.text)
      else { return false }
      (root, parts) = (name, arguments.map(\.value))
    case .assign(let targets, let value) where targets.count == 1:
      root = tree.indexedName(targets[0], &parts)
      parts.append(value)
    case .compoundAssign(_, let target, let value):
      root = tree.indexedName(target, &parts)
      parts.append(value)
    default: return false
    }
    guard let root else { return false }
    updates.append(Update(name: root, span: tree.span(id), loop: loop))
    children += parts.map { Pending(node: $0, loop: loop) }
    return true
  }
}

extension SyntaxTree {
  /// What as a statement changes the variable that it is called on.
  static func updatesVariable(_ method: String) -> Bool { Environment.standard.updatesVariable(method) }

  /// A call as the last statement gives its value; an assignment there gives none.
  fileprivate func isCall(_ id: NodeID) -> Bool { if case .call = self[id] { true } else { false } }

  /// `x` of `x[0]`; nil when the target is anything else. `parts` takes the indices.
  fileprivate func indexedName(_ target: NodeID, _ parts: inout [NodeID]) -> String? {
    guard case .index(let base, let items) = self[target], case .name(let name) = self[base] else { return nil }
    for item in items { item.forEachChild { parts.append($0) } }
    return name
  }
}
