// The identities of `simplify`; why each is exact is said there.
import AdamIR

extension Simplification {
  /// The operand that equals the result bit for bit, if its type agrees as well.
  func identity(_ operation: Operation) -> ValueID? {
    let operands = operation.operands
    guard let first = operands.first, let last = operands.last else { return nil }
    switch operation.op {
    case .mul: return isConstant(last, 1) ? first : isConstant(first, 1) ? last : nil
    case .div: return isConstant(last, 1) ? first : nil
    case .sub: return isConstant(last, 0) ? first : nil
    case .add: return sumIdentity(first, last) ?? sumIdentity(last, first)
    case .neg: return negated(first)
    case .logicalNot: return maker(first, .logicalNot)?.operands.first
    case .abs, .relu, .floor, .round: return maker(first, operation.op) == nil ? nil : first
    case .maximum, .minimum: return first == last ? first : nil
    case .where: return operands.dropFirst().allSatisfy { $0 == last } ? last : nil
    // Only one that changes nothing keeps its type.
    case .reshape, .broadcastTo, .cast, .slice: return first
    case .concat: return operands.count == 1 ? first : nil
    case .transpose:
      let permutation = operation.attributes.ints("permutation") ?? []
      return permutation == Array(permutation.indices) ? first : nil
    default: return nil
    }
  }

  private func sumIdentity(_ x: ValueID, _ zero: ValueID) -> ValueID? {
    if isConstant(zero, -0.0) { return x }
    return isConstant(zero, 0) && isNeverNegativeZero(x) ? x : nil
  }

  private func isNeverNegativeZero(_ id: ValueID) -> Bool {
    guard let operation = rewriting.definition(id) else { return false }
    switch operation.op {
    case .exp, .abs, .sigmoid, .softmax: return true
    case .mul: return operation.operands.first == operation.operands.last
    default: return false
    }
  }

  /// The same result by another operation.
  func cheaper(_ operation: Operation) -> Operation {
    guard let first = operation.operands.first, let last = operation.operands.last else { return operation }
    let new: (op: OpDefinition, operands: [ValueID])?
    switch operation.op {
    case .add:
      new = negated(last).map { (.sub, [first, $0]) } ?? negated(first).map { (.sub, [last, $0]) }
    case .sub:
      new = negated(last).map { (.add, [first, $0]) } ?? (isConstant(first, -0.0) ? (.neg, [last]) : nil)
    case .mul:
      new =
        bothNegated(first, last).map { (.mul, $0) }
        ?? (isConstant(last, -1) ? (.neg, [first]) : isConstant(first, -1) ? (.neg, [last]) : nil)
    case .div:
      new = bothNegated(first, last).map { (.div, $0) } ?? (isConstant(last, -1) ? (.neg, [first]) : nil)
    case .abs: new = negated(first).map { (.abs, [$0]) }
    case .max, .min: return largestOfOne(operation, first)
    default: return movement(operation, first)
    }
    guard let new else { return operation }
    return Operation(new.op, new.operands, Attributes(), operation.results, operation.span)
  }

  /// A quotient by a power of two as a product.
  mutating func multiplied(_ operation: Operation) -> Operation {
    guard operation.op == .div, let divisor = operation.operands.last, let value = constant(divisor)
    else { return operation }
    let (number, inverse) = (Float(value), 1 / Float(value))
    guard number.isNormal, inverse.isNormal, number.significand == 1 else { return operation }
    var copy = operation
    copy.op = .mul
    let type = rewriting.output.type(divisor)
    copy.operands[1] = rewriting.appendConstant(Double(inverse), type, span: operation.span)
    return copy
  }

  private func bothNegated(_ a: ValueID, _ b: ValueID) -> [ValueID]? {
    guard let x = negated(a), let y = negated(b) else { return nil }
    return [x, y]
  }

  private func largestOfOne(_ operation: Operation, _ x: ValueID) -> Operation {
    let axes = operation.attributes.ints("axes") ?? []
    guard let sizes = sizes(x), axes.allSatisfy({ sizes.indices.contains($0) && sizes[$0] == 1 }),
      let shape = operation.results.first.flatMap({ rewriting.source.type($0).shape.sizes })
    else { return operation }
    return Operation(.reshape, [x], ["shape": .ints(shape)], operation.results, operation.span)
  }

  // MARK: Movements

  private func movement(_ operation: Operation, _ x: ValueID) -> Operation {
    switch operation.op {
    case .transpose:
      guard let sizes = sizes(x), let permutation = operation.attributes.ints("permutation"),
        permutation.filter({ sizes[$0] != 1 }) == sizes.indices.filter({ sizes[$0] != 1 })
      else { return operation }
      let shape = permutation.map { sizes[$0] }
      return Operation(.reshape, [x], ["shape": .ints(shape)], operation.results, operation.span)
    case .matmul: return readingTransposed(readingTransposed(operation, 0, "transpose_a"), 1, "transpose_b")
    default: return operation
    }
  }

  /// A product that reads a matrix the other way round instead of one that was turned before.
  private func readingTransposed(_ operation: Operation, _ place: Int, _ flag: String) -> Operation {
    guard let turned = maker(operation.operands[place], .transpose), let source = turned.operands.first,
      let permutation = turned.attributes.ints("permutation"), permutation.swapsLastTwo,
      let isTurned = operation.attributes.bool(flag)
    else { return operation }
    var copy = operation
    copy.operands[place] = source
    for index in copy.attributes.entries.indices where copy.attributes.entries[index].name == flag {
      copy.attributes.entries[index].value = .bool(!isTurned)
    }
    return copy
  }

  /// Joins a movement with the movement that made its operand.
  func combined(_ operation: Operation, type: TensorType?) -> Operation {
    var copy = operation
    guard let first = copy.operands.first, let inner = rewriting.definition(first) else {
      return copy
    }
    if copy.op.traits.contains(.view), inner.op.traits.contains(.view) {
      copy.operands = inner.operands
    } else if copy.op == .broadcastTo, inner.op == .broadcastTo {
      copy.operands = inner.operands
    } else if copy.op == .transpose, inner.op == .transpose,
      let outer = copy.attributes.ints("permutation"),
      let moved = inner.attributes.ints("permutation")
    {
      copy.operands = inner.operands
      copy.attributes = ["permutation": .ints(outer.map { moved[$0] })]
    } else if copy.op == .broadcastTo, let value = constant(first), let type {
      copy.op = .full
      copy.operands = []
      copy.attributes = ["value": .float(value), "type": .type(type)]
    }
    return copy
  }
}

extension [Int] {
  /// Every axis stays but the last two, which change places.
  fileprivate var swapsLastTwo: Bool {
    count > 1 && self == Array(0..<(count - 2)) + [count - 1, count - 2]
  }
}
