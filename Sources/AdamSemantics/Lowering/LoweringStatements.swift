// Statements, blocks, loops and branches.
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

extension Lowering {
  mutating func topLevelStatement(_ id: NodeID) {
    let span = tree.span(id)
    guard isExpression(id) else { return statement(id) }
    if isUpdate(id) { return statement(id) }
    statementExpression = id
    let value = expression(id)
    emit(.result(value), span)
    scope.release(value)
  }

  private func isExpression(_ id: NodeID) -> Bool {
    switch tree[id] {
    case .assign, .compoundAssign, .forLoop, .whileLoop, .breakLoop, .continueLoop, .returnValue,
      .function, .layer, .param, .importFile, .sweep, .checkGrad, .invalid: false
    default: true
    }
  }

  /// A statement whose value nobody takes.
  mutating func statement(_ id: NodeID) {
    if isUpdate(id) { return update(id) }
    if case .conditional(let branches, let otherwise) = tree[id] {
      _ = conditional(branches, otherwise, tree.span(id), into: nil)
      return
    }
    statementExpression = id
    scope.release(isExpression(id) ? expression(id) : statementValue(id, tree.span(id)))
  }

  /// Lowers a statement; its value is none, which nobody reads unless it ends a function.
  mutating func statementValue(_ id: NodeID, _ span: Span) -> Register {
    switch tree[id] {
    case .assign(let targets, let value): assignment(targets, value, span)
    case .compoundAssign(let op, let target, let value): compoundAssignment(op, target, value, span)
    case .forLoop(let patterns, let sequence, let body): forLoop(patterns, sequence, body, span)
    case .whileLoop(let condition, let body): whileLoop(condition, body, span)
    case .breakLoop: leave(isBreak: true, span)
    case .continueLoop: leave(isBreak: false, span)
    case .returnValue(let value):
      let register = value.map { expression($0) } ?? constant(.none, span)
      emit(.returnValue(register), span)
      scope.assigned.markUnreachable()
      return register
    case .function(let name, let parameters, let body):
      let value = closure(name.text, parameters, body, span, into: nil, isNamed: true)
      assign(name.text, value, span)
      scope.release(value)
    case .on(let event, let every, let body): return hook(event, every, body, span)
    case .layer(let parts): declaredLayer(parts, span)
    case .param(let name, let shape, let value): parameter(name, shape, value, span)
    case .importFile:
      guard let module = imports[id] else { return unsupported("`import`", span) }
      let d = scope.temporary()
      emit(.importModule(d: d, module: module, addsNames: id == statementExpression), span)
      return d
    case .sweep: return unsupported("`sweep`", span)
    case .checkGrad(let loss):
      let given = loss.map { [Argument(name: Name("loss", tree.span($0)), value: $0)] } ?? []
      return internalVerb(CheckGradVerb.builtinName, given, span)
    default: return unsupported("this statement", span)
    }
    return constant(.none, span)
  }

  // MARK: Blocks

  /// A block whose last expression is its value, in `target` when one is wanted; nil when none is.
  /// - Parameter isStatement: the block's value is shown at most, so that its last line is a statement
  ///   like those before it: an update there updates its variable.
  mutating func block(
    _ statements: [NodeID], _ span: Span, into target: Register?, isStatement: Bool = false
  ) -> Register? {
    guard let target else {
      for id in statements { statement(id) }
      return nil
    }
    for id in statements.dropLast() { statement(id) }
    guard let last = statements.last else { return constant(.none, span, into: target) }
    if isStatement, isUpdate(last) {
      update(last)
      return constant(.none, span, into: target)
    }
    if isStatement { statementExpression = last }
    let value = expression(last, into: target)
    return value == target ? target : moved(value, to: target, tree.span(last))
  }

  /// A block node or a single expression.
  mutating func body(_ id: NodeID, into target: Register?, isStatement: Bool = false) -> Register? {
    if case .block(let statements) = tree[id] {
      return block(statements, tree.span(id), into: target, isStatement: isStatement)
    }
    if isStatement { statementExpression = id }
    let value = expression(id, into: target)
    guard let target else {
      scope.release(value)
      return nil
    }
    return moved(value, to: target, tree.span(id))
  }

  /// `if`; a ladder is flat. Both ways write `target` when a value is wanted. The value goes
  /// through a register of its own, because a branch may read the variable it is for.
  /// - Parameter isStatement: nobody but the prompt takes the value.
  mutating func conditional(
    _ branches: [Branch], _ otherwise: NodeID?, _ span: Span, into target: Register?, isStatement: Bool = false
  ) -> Register? {
    let result = target.map { scope.isTemporary($0) ? $0 : scope.temporary() }
    var ends: [Int] = []
    var after: AssignedRegisters?
    for branch in branches {
      let condition = expression(branch.condition)
      scope.release(condition)
      let skip = emitJump(.jumpIfFalse(condition, 0), tree.span(branch.condition))
      let before = scope.assigned
      _ = body(branch.block, into: result, isStatement: isStatement)
      ends.append(emitJump(.jump(0), tree.span(branch.block)))
      after = after.map { $0.joined(scope.assigned) } ?? scope.assigned
      scope.assigned = before
      patch(skip)
    }
    if let otherwise {
      _ = body(otherwise, into: result, isStatement: isStatement)
    } else if let result {
      emit(.constant(d: result, .none), span)
    }
    scope.assigned = after?.joined(scope.assigned) ?? scope.assigned
    for end in ends { patch(end) }
    return result.map { moved($0, to: target, span) }
  }

  // MARK: Loops

  private mutating func whileLoop(_ condition: NodeID, _ body: NodeID, _ span: Span) {
    let header = emitJump(.loopHeader(end: 0), span)
    let value = expression(condition)
    scope.release(value)
    let exit = emitJump(.jumpIfFalse(value, 0), tree.span(condition))
    let before = scope.assigned
    scope.loops.append(LoopScope())
    _ = self.body(body, into: nil)
    closeLoop(header, exit, span)
    scope.assigned = before
  }

  /// Emits the back-edge and sends `continue` to it, `break` behind it.
  private mutating func closeLoop(_ header: Int, _ exit: Int, _ span: Span) {
    let loop = scope.loops.popLast() ?? LoopScope()
    for jump in loop.continues { patch(jump) }
    emit(.loop(Int32(clamping: header)), span)
    for jump in loop.breaks + [header, exit] { patch(jump) }
  }

  /// The common part of `for` and comprehensions.
  mutating func iterate(
    _ patterns: [Pattern], _ sequence: NodeID, _ span: Span,
    _ body: (inout Lowering) -> Void
  ) {
    let source = asksForRows(patterns, sequence) ? rows(sequence) : expression(sequence)
    let iterator = scope.takeRow(3)
    emit(.iterate(d: iterator, source), tree.span(sequence))
    scope.release(source)
    let header = emitJump(.loopHeader(end: 0), span)
    let before = scope.assigned
    let names = patterns.flatMap(\.names)
    let registers = names.map { ($0.text, scope.takeRow(1)) }
    scope.pushBlock(registers)
    let pattern = patterns.count == 1 ? patterns[0] : .tuple(patterns)
    let exit = bindNext(pattern, iterator, tree.span(sequence))
    scope.loops.append(LoopScope())
    body(&self)
    closeLoop(header, exit, span)
    scope.popBlock()
    for (_, register) in registers { scope.releaseRow(register, 1) }
    scope.releaseRow(iterator, 3)
    scope.assigned = before
  }

  /// Two names over a value that may be data as a tuple; what a call gives says itself what it is.
  private func asksForRows(_ patterns: [Pattern], _ sequence: NodeID) -> Bool {
    switch (patterns.count, patterns.first) {
    case (2, _): break
    case (1, .tuple(let parts)?) where parts.count == 2: break
    default: return false
    }
    switch tree[sequence] {
    case .name, .field, .tuple: return true
    default: return false
    }
  }

  /// The value of a sequence, held against a loop over a pair of tensors.
  private mutating func rows(_ sequence: NodeID) -> Register {
    let value = expression(sequence)
    scope.release(value)
    let d = scope.temporary()
    let span = tree.span(sequence)
    emit(.verb(d: d, name: name(PairLoop.builtinName), CallSite([CallArgument(value, span)])), span)
    return d
  }

  /// Takes the next element and destructures it; gives the jump to patch.
  private mutating func bindNext(_ pattern: Pattern, _ iterator: Register, _ span: Span) -> Int {
    if case .name(let name) = pattern, name.text != "_",
      case .register(let register) = scope.target(name.text)
    {
      return emitJump(.next(d: register, iterator: iterator, done: 0), span)
    }
    let element = scope.temporary()
    let exit = emitJump(.next(d: element, iterator: iterator, done: 0), span)
    bind(pattern, element, span)
    scope.release(element)
    return exit
  }

  private mutating func forLoop(
    _ patterns: [Pattern], _ sequence: NodeID, _ body: NodeID, _ span: Span
  ) {
    iterate(patterns, sequence, span) { _ = $0.body(body, into: nil) }
  }

  mutating func comprehension(
    _ parts: ComprehensionParts, _ span: Span, into target: Register?
  ) -> Register {
    let result = scope.temporary()
    emit(.list(d: result, []), span)
    iterate(parts.patterns, parts.sequence, span) { lowering in
      var skip: Int?
      if let condition = parts.condition {
        let value = lowering.expression(condition)
        lowering.scope.release(value)
        skip = lowering.emitJump(.jumpIfFalse(value, 0), lowering.tree.span(condition))
      }
      let element = lowering.expression(parts.element)
      lowering.emit(.append(list: result, element), lowering.tree.span(parts.element))
      lowering.scope.release(element)
      if let skip { lowering.patch(skip) }
    }
    return moved(result, to: target, span)
  }

  /// `break` and `continue`. Outside a loop they belong to an `on` block: the call's value says
  /// whether the training ends.
  private mutating func leave(isBreak: Bool, _ span: Span) {
    if scope.loops.isEmpty {
      let value = hookResult(isBreak ? .bool(true) : .none, span)
      emit(.returnValue(value), span)
      scope.release(value)
    } else {
      let jump = emitJump(.jump(0), span)
      let last = scope.loops.count - 1
      if isBreak { scope.loops[last].breaks.append(jump) } else { scope.loops[last].continues.append(jump) }
    }
    scope.assigned.markUnreachable()
  }
}

extension Pattern {
  /// The names bound, in order, `_` left out.
  var names: [Name] {
    switch self {
    case .name(let name): name.text == "_" ? [] : [name]
    case .tuple(let parts): parts.flatMap(\.names)
    }
  }
}
