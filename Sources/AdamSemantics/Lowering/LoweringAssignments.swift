// Assignment: names, destructuring, elements and fields, compound forms, and the list methods that
// update their variable when they stand as a statement.
import AdamIR
import AdamSource
import AdamSyntax

extension Lowering {
  mutating func assignment(_ targets: [NodeID], _ value: NodeID, _ span: Span) {
    if targets.count == 1, case .name(let text) = tree[targets[0]] {
      return nameAssignment(text, value, span)
    }
    let register = expression(value)
    if targets.count == 1 {
      store(register, in: targets[0], span)
    } else {
      unpack(targets, register, span)
    }
    scope.release(register)
  }

  /// `x = e`: straight into the variable's register when one instruction makes the value.
  private mutating func nameAssignment(_ text: String, _ value: NodeID, _ span: Span) {
    if case .lambda(let parameters, let body) = tree[value] {
      let register = closure(text, parameters, body, tree.span(value), into: nil, isNamed: true)
      assign(text, register, span)
      return scope.release(register)
    }
    if text != "_", case .register(let register) = scope.target(text), isSingleStep(value) {
      let result = expression(value, into: register)
      if result != register { emit(.move(d: register, result), span) }
      return scope.assigned.insert(register)
    }
    let register = expression(value)
    assign(text, register, span)
    scope.release(register)
  }

  /// Whether the last instruction of the code is the only one that writes the result.
  private func isSingleStep(_ id: NodeID) -> Bool {
    switch tree[id] {
    case .number, .bool, .none, .name, .string, .unary, .call, .index, .field, .list, .tuple,
      .record: true
    case .binary(let op, _, _): op.programOperator != nil
    default: false
    }
  }

  private mutating func unpack(_ targets: [NodeID], _ value: Register, _ span: Span) {
    let first = scope.takeRow(targets.count)
    emit(.unpack(first: first, value, count: Int32(clamping: targets.count)), span)
    for (offset, target) in targets.enumerated() {
      store(Register(first.index + Int32(clamping: offset)), in: target, tree.span(target))
    }
    scope.releaseRow(first, targets.count)
  }

  /// Binds the names of a loop's pattern.
  mutating func bind(_ pattern: Pattern, _ value: Register, _ span: Span) {
    switch pattern {
    case .name(let name): assign(name.text, value, name.span)
    case .tuple(let parts):
      let first = scope.takeRow(parts.count)
      emit(.unpack(first: first, value, count: Int32(clamping: parts.count)), span)
      for (offset, part) in parts.enumerated() {
        bind(part, Register(first.index + Int32(clamping: offset)), span)
      }
      scope.releaseRow(first, parts.count)
    }
  }

  // MARK: Targets

  /// One step of a target such as `x.a[0]`, its index evaluated.
  private enum Access {
    case field(Int32, Span)
    case index([IndexOperand], Span)
  }

  private mutating func store(_ value: Register, in target: NodeID, _ span: Span) {
    switch tree[target] {
    case .name(let text): assign(text, value, span)
    case .tuple(let elements): unpack(elements, value, span)
    default:
      guard let (root, rootSpan, path) = path(target) else {
        _ = unsupported("assigning to this", span)
        return
      }
      change(root, rootSpan, path) { lowering, base, access in
        lowering.replace(base, access, value)
      }
    }
  }

  /// The variable and the steps of a target; indices are evaluated in order.
  private mutating func path(_ target: NodeID) -> (String, Span, [Access])? {
    var nodes: [NodeID] = []
    var current = target
    walk: while true {
      switch tree[current] {
      case .field(let base, _), .index(let base, _):
        nodes.append(current)
        current = base
      default: break walk
      }
    }
    guard case .name(let root) = tree[current] else { return nil }
    var path: [Access] = []
    for node in nodes.reversed() {
      switch tree[node] {
      case .field(_, let field): path.append(.field(name(field.text), tree.span(node)))
      case .index(_, let items):
        var operands: [IndexOperand] = []
        for item in items { operands.append(indexOperand(item)) }
        path.append(.index(operands, tree.span(node)))
      default: break
      }
    }
    return (root, tree.span(current), path)
  }

  /// Reads the containers down to the last step, lets `update` change the innermost one and writes
  /// them back outwards: values are values, so each container is replaced in the one around it.
  private mutating func change(
    _ root: String, _ rootSpan: Span, _ path: [Access],
    _ update: (inout Lowering, Register, Access) -> Void
  ) {
    guard let last = path.last else { return }
    let (base, isGlobal) = base(root, rootSpan)
    var containers = [base]
    for access in path.dropLast() {
      let d = scope.temporary()
      read(access, of: containers[containers.count - 1], into: d)
      containers.append(d)
    }
    update(&self, containers[containers.count - 1], last)
    for index in containers.indices.dropFirst().reversed() {
      replace(containers[index - 1], path[index - 1], containers[index])
      scope.release(containers[index])
    }
    if isGlobal { storeBack(root, base, rootSpan) }
    for access in path { if case .index(let operands, _) = access { release(operands) } }
  }

  /// The variable to change: its own register, or one with the top-level variable's value, which
  /// goes back with `storeBack`.
  private mutating func base(_ root: String, _ span: Span) -> (Register, isGlobal: Bool) {
    if case .register(let register) = scope.target(root) {
      if !scope.assigned.contains(register) {
        emit(.requireSet(register, name: name(root)), span)
      }
      return (register, false)
    }
    let d = scope.takeRow(1)
    emit(.loadGlobal(d: d, name: name(root)), span)
    return (d, true)
  }

  private mutating func storeBack(_ root: String, _ base: Register, _ span: Span) {
    emit(.storeGlobal(name: name(root), base), span)
    scope.releaseRow(base, 1)
  }

  private mutating func release(_ operands: [IndexOperand]) {
    for operand in operands { if let register = operand.register { scope.release(register) } }
  }

  private mutating func read(_ access: Access, of base: Register, into d: Register) {
    switch access {
    case .field(let name, let span): emit(.field(d: d, base, name: name), span)
    case .index(let operands, let span): emit(.index(d: d, base, operands), span)
    }
  }

  private mutating func replace(_ base: Register, _ access: Access, _ value: Register) {
    switch access {
    case .field(let name, let span): emit(.setField(base: base, name: name, value), span)
    case .index(let operands, let span): emit(.setIndex(base: base, operands, value), span)
    }
  }

  // MARK: Compound assignment

  /// `x += e`. The target's indices are evaluated once, before the value.
  mutating func compoundAssignment(
    _ op: BinaryOperator, _ target: NodeID, _ value: NodeID, _ span: Span
  ) {
    guard let operation = op.programOperator else { return }
    if case .name(let text) = tree[target] {
      let current = keep(read(text, tree.span(target)), while: value, span)
      let operand = expression(value)
      scope.release(operand)
      scope.release(current)
      if case .register(let register) = scope.target(text) {
        emit(.binary(d: register, operation, current, operand), span)
        return scope.assigned.insert(register)
      }
      let d = scope.temporary()
      emit(.binary(d: d, operation, current, operand), span)
      assign(text, d, span)
      return scope.release(d)
    }
    guard let (root, rootSpan, path) = path(target) else {
      _ = unsupported("assigning to this", span)
      return
    }
    let operand = expression(value)
    change(root, rootSpan, path) { lowering, base, access in
      let d = lowering.scope.temporary()
      lowering.read(access, of: base, into: d)
      lowering.emit(.binary(d: d, operation, d, operand), span)
      lowering.replace(base, access, d)
      lowering.scope.release(d)
    }
    scope.release(operand)
  }

  // MARK: List updates

  /// `xs.append(v)` as a statement on a variable.
  func isUpdate(_ id: NodeID) -> Bool {
    guard case .call(let callee, _) = tree[id], case .field(let base, let method) = tree[callee],
      isPlace(base)
    else { return false }
    return environment.updatesVariable(method.text)
  }

  /// A variable or a part of one.
  private func isPlace(_ id: NodeID) -> Bool {
    var current = id
    while true {
      switch tree[current] {
      case .name: return true
      case .field(let base, _), .index(let base, _): current = base
      default: return false
      }
    }
  }

  /// Calls the method and stores what it gives in the variable.
  mutating func update(_ id: NodeID) {
    guard case .call(let callee, let arguments) = tree[id],
      case .field(let receiver, let method) = tree[callee]
    else { return }
    let span = tree.span(id)
    guard case .name(let root) = tree[receiver] else {
      return updatePart(receiver, method, arguments, span)
    }
    let site = CallSite(self.arguments(arguments, span), isUpdate: true)
    let (variable, isGlobal) = base(root, tree.span(receiver))
    emit(.callMethod(d: variable, variable, name: name(method.text), site), span)
    if isGlobal { storeBack(root, variable, span) }
  }

  /// `x[0].append(v)`: the part is read, changed and written back.
  private mutating func updatePart(
    _ receiver: NodeID, _ method: Name, _ arguments: [Argument], _ span: Span
  ) {
    guard let (root, rootSpan, path) = path(receiver) else { return }
    var site = CallSite(self.arguments(arguments, span), isUpdate: true)
    for index in site.arguments.indices {
      let kept = scope.takeRow(1)
      emit(.move(d: kept, site.arguments[index].register), span)
      site.arguments[index].register = kept
    }
    change(root, rootSpan, path) { lowering, base, access in
      let d = lowering.scope.temporary()
      lowering.read(access, of: base, into: d)
      lowering.emit(.callMethod(d: d, d, name: lowering.name(method.text), site), span)
      lowering.replace(base, access, d)
      lowering.scope.release(d)
    }
    for argument in site.arguments { scope.releaseRow(argument.register, 1) }
  }
}
