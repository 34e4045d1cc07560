// Expressions. `expression` gives the register that holds the value: a temporary, or the variable's
// own register. `into` asks for a certain register and is honoured by every case.
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

extension Lowering {
  /// Lowers an expression or a verb. The left spine is walked with a loop.
  mutating func expression(_ id: NodeID, into target: Register? = nil) -> Register {
    var spine: [NodeID] = []
    var current = id
    while let left = leftOperand(current) {
      spine.append(current)
      current = left
    }
    guard let last = spine.first else { return kept(id, leaf(id, into: target)) }
    var value = kept(current, leaf(current, into: nil))
    for node in spine.reversed() {
      value = kept(node, step(node, value, into: node == last ? target : nil))
    }
    return value
  }

  /// The value of an expression, which `assert` may want to show.
  private mutating func kept(_ id: NodeID, _ value: Register) -> Register {
    if !shownValues.isEmpty, let d = shownValues[id] { emit(.move(d: d, value), tree.span(id)) }
    return value
  }

  /// The operand that a spine goes on with, when its value is needed first.
  private func leftOperand(_ id: NodeID) -> NodeID? {
    switch tree[id] {
    case .binary(_, let left, _): left
    case .index(let base, _), .field(let base, _): base
    case .call(let callee, _):
      switch tree[callee] {
      // `v.f(args)` goes on with v; a verb has no value of its own.
      case .field(let base, _): base
      case .name(let name): Verb(rawValue: name) == nil ? callee : nil
      default: callee
      }
    default: nil
    }
  }

  /// Applies the operation of `id` to its left operand's value.
  private mutating func step(_ id: NodeID, _ left: Register, into target: Register?) -> Register {
    let span = tree.span(id)
    switch tree[id] {
    case .binary(let op, _, let right):
      return binary(op, left, right, span, into: target)
    case .index(_, let items):
      var operands: [IndexOperand] = []
      let base = items.reduce(left) { keep($0, while: $1, span) }
      for item in items { operands.append(indexOperand(item)) }
      release(operands, base)
      let d = target ?? scope.temporary()
      emit(.index(d: d, base, operands), span)
      return d
    case .field(_, let field):
      scope.release(left)
      let d = target ?? scope.temporary()
      emit(.field(d: d, left, name: name(field.text)), span)
      return d
    case .call(let callee, let arguments):
      if case .field(_, let method) = tree[callee] {
        return methodCall(left, method, arguments, span, into: target)
      }
      return call(left, arguments, span, into: target)
    default:
      return left
    }
  }

  private mutating func keep(_ base: Register, while item: IndexItem, _ span: Span) -> Register {
    switch item {
    case .value(let id), .from(let id), .upTo(let id, _): keep(base, while: id, span)
    case .all: base
    }
  }

  mutating func indexOperand(_ item: IndexItem) -> IndexOperand {
    switch item {
    case .value(let id): .value(expression(id))
    case .all: .all
    case .from(let id): .from(expression(id))
    case .upTo(let id, let isClosed): .upTo(expression(id), isClosed: isClosed)
    }
  }

  mutating func release(_ operands: [IndexOperand], _ base: Register) {
    for operand in operands.reversed() {
      if let register = operand.register { scope.release(register) }
    }
    scope.release(base)
  }

  // MARK: Operators

  private mutating func binary(
    _ op: BinaryOperator, _ left: Register, _ right: NodeID, _ span: Span, into target: Register?
  ) -> Register {
    switch op {
    case .and, .or: return shortCircuit(op, left, right, span, into: target)
    case .pipe: return pipe(left, right, span, into: target)
    default: break
    }
    let a = keep(left, while: right, span)
    let b = expression(right)
    scope.release(b)
    scope.release(a)
    let d = target ?? scope.temporary()
    if op == .closedRange || op == .halfOpenRange {
      emit(.range(d: d, a, b, isClosed: op == .closedRange), span)
    } else if let operation = op.programOperator {
      emit(.binary(d: d, operation, a, b), span)
    }
    return d
  }

  /// `a and b`: both must be bools; b is evaluated only when a does not decide.
  private mutating func shortCircuit(
    _ op: BinaryOperator, _ left: Register, _ right: NodeID, _ span: Span, into target: Register?
  ) -> Register {
    var d = left
    if !scope.isTemporary(left) {
      d = scope.temporary()
      emit(.move(d: d, left), span)
    }
    emit(.requireBool(d), span)
    let skip = emitJump(op == .and ? .jumpIfFalse(d, 0) : .jumpIfTrue(d, 0), span)
    let before = scope.assigned
    let value = expression(right, into: d)
    if value != d { emit(.move(d: d, value), span) }
    emit(.requireBool(d), tree.span(right))
    scope.assigned = scope.assigned.joined(before)
    patch(skip)
    return moved(d, to: target, span)
  }

  /// The value in the wanted register.
  mutating func moved(_ value: Register, to target: Register?, _ span: Span) -> Register {
    guard let target, target != value else { return value }
    emit(.move(d: target, value), span)
    scope.release(value)
    return target
  }

  // MARK: Leaves

  /// Everything that does not continue a left spine.
  private mutating func leaf(_ id: NodeID, into target: Register?) -> Register {
    let span = tree.span(id)
    switch tree[id] {
    case .number(let value): return constant(.number(value), span, into: target)
    case .bool(let value): return constant(.bool(value), span, into: target)
    case .none: return constant(.none, span, into: target)
    case .string(let parts): return string(parts, span, into: target)
    case .name("_"):
      let d = target ?? scope.temporary()
      emit(.verb(d: d, name: name(OpenSize.builtinName), CallSite([])), span)
      return d
    case .name(let text): return read(text, span, into: target)
    case .unary(let op, let operand):
      let a = expression(operand)
      scope.release(a)
      let d = target ?? scope.temporary()
      emit(op == .neg ? .negate(d: d, a) : .not(d: d, a), span)
      return d
    case .list(let elements):
      let registers = values(elements, span)
      let d = target ?? scope.temporary()
      emit(.list(d: d, registers), span)
      return d
    case .tuple(let elements):
      let registers = values(elements, span)
      let d = target ?? scope.temporary()
      emit(.tuple(d: d, registers), span)
      return d
    default: return compound(id, span, into: target)
    }
  }

  private mutating func compound(_ id: NodeID, _ span: Span, into target: Register?) -> Register {
    switch tree[id] {
    case .record(let fields):
      let registers = values(fields.map(\.value), span)
      let d = target ?? scope.temporary()
      emit(.record(d: d, names: fields.map { $0.name?.text ?? "" }, registers), span)
      return d
    case .comprehension(let parts): return comprehension(parts, span, into: target)
    case .lambda(let parameters, let body):
      return closure("fn", parameters, body, span, into: target)
    case .conditional(let branches, let otherwise):
      let isStatement = id == statementExpression
      return conditional(branches, otherwise, span, into: target ?? scope.temporary(), isStatement: isStatement)
        ?? constant(.none, span)
    case .block(let statements):
      return moved(
        block(statements, span, into: scope.temporary()) ?? constant(.none, span), to: target, span)
    case .call(let callee, let arguments):
      // Only verbs come here: all other calls continue a spine.
      guard case .name(let text) = tree[callee], let verb = Verb(rawValue: text) else {
        return constant(.none, span, into: target)
      }
      return self.verb(verb, arguments, isStatement: id == statementExpression, span, into: target)
    case .verb(let verb, let arguments):
      return self.verb(verb, arguments, isStatement: id == statementExpression, span, into: target)
    default:
      return moved(statementValue(id, span), to: target, span)
    }
  }

  /// Evaluates in order; all registers are free for reuse when it returns.
  mutating func values(_ ids: [NodeID], _ span: Span) -> [Register] {
    var registers: [Register] = []
    registers.reserveCapacity(ids.count)
    // A later element may assign a variable that an earlier one reads.
    let lastAssigning = ids.lastIndex { mayAssign($0) }
    for (index, id) in ids.enumerated() {
      var register = expression(id)
      if let last = lastAssigning, index < last {
        register = keep(register, while: ids[last], span)
      }
      registers.append(register)
    }
    for register in registers.reversed() { scope.release(register) }
    return registers
  }

  private mutating func string(
    _ parts: [StringPart], _ span: Span, into target: Register?
  ) -> Register {
    var text = ""
    let isConstant = parts.allSatisfy { part in
      if case .text(let piece) = part { text += piece; return true }
      return false
    }
    if isConstant { return constant(.string(text), span, into: target) }
    let ids = parts.compactMap { part -> NodeID? in
      if case .value(let id, _) = part { id } else { nil }
    }
    var registers = values(ids, span)[...]
    let formatParts = parts.map { part -> FormatPart in
      switch part {
      case .text(let piece): .text(piece)
      case .value(_, let spec): .value(registers.popFirst() ?? Register(0), spec: spec?.text)
      }
    }
    let d = target ?? scope.temporary()
    emit(.format(d: d, formatParts), span)
    return d
  }
}

extension BinaryOperator {
  /// The operation on values; nil for what is lowered to jumps, ranges and calls.
  var programOperator: ProgramOperator? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .remainder: .remainder
    case .matmul: .matmul
    case .power: .power
    case .concatenate: .concatenate
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessEqual: .lessEqual
    case .greater: .greater
    case .greaterEqual: .greaterEqual
    case .then: .then
    case .and, .or, .pipe, .closedRange, .halfOpenRange: nil
    }
  }
}
