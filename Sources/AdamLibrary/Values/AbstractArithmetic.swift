// Operators on what is known of values. Says nothing about unknown operands; what it refuses is
// refused at run time too.
import AdamIR
import AdamRuntime
import AdamSource

/// One operand with what messages say about it.
package struct AbstractOperand {
  package var value: AbstractValue
  package var span: Span?
  /// The variable it was read from, or nil.
  package var name: String?
  package init(_ value: AbstractValue, span: Span? = nil, name: String? = nil) {
    self.value = value
    self.span = span
    self.name = name
  }
}

/// The result of an operator as the checker sees it.
package struct AbstractArithmetic {
  let op: ProgramOperator
  let left: AbstractOperand
  let right: AbstractOperand
  /// The whole expression.
  let span: Span
  var words: OperatorWords { OperatorWords(op: op, left: left, right: right, span: span) }

  package init(_ op: ProgramOperator, _ left: AbstractOperand, _ right: AbstractOperand, at span: Span) {
    self.op = op
    self.left = left
    self.right = right
    self.span = span
  }

  package func result() throws(Diagnostic) -> AbstractValue {
    if left.value.isUnknown || right.value.isUnknown { return try resultWithUnknown() }
    switch op {
    case .add, .subtract, .multiply, .divide, .remainder, .power: return try arithmetic()
    case .matmul: return try product()
    case .concatenate: return try concatenation()
    case .equal, .notEqual: return try equality()
    case .less, .lessEqual, .greater, .greaterEqual: return try order()
    case .then: return try chain()
    }
  }

  private func chain() throws(Diagnostic) -> AbstractValue {
    if case .known(let a) = left.value, case .known(let b) = right.value {
      return .known(try Schedule.joined(a, b, at: span))
    }
    return .record([], kind: Schedule.kind)
  }

  /// The known operand may still be one that the operator never takes.
  private func resultWithUnknown() throws(Diagnostic) -> AbstractValue {
    switch op {
    case .equal, .notEqual, .then: return .unknown
    case .concatenate:
      for operand in [left, right] where !operand.value.isUnknown {
        switch operand.value.kindOfValue {
        case .list, .tuple: continue
        default: throw words.kinds()
        }
      }
      return .unknown
    default:
      for operand in [left, right] where !operand.value.isUnknown {
        switch operand.value.kindOfValue {
        case .none, .bool, .function, .layer, .optimizer, .data, .hook, .tuple:
          // `none` may be guarded by a condition that the checker does not follow.
          if operand.value.isNone { continue }
          throw words.kinds()
        default: continue
        }
      }
      return .unknown
    }
  }

  private func arithmetic() throws(Diagnostic) -> AbstractValue {
    switch (left.value.kindOfValue, right.value.kindOfValue) {
    case (.number, .number): return try numbers()
    case (.string, .string) where op == .add:
      if let a = left.value.exactString, let b = right.value.exactString, a.utf8.count < 4096 {
        return .known(.string(StringBox(a + b)))
      }
      return .string
    case (.list, .list) where op == .add: throw words.listPlusList()
    case (.record, _), (_, .record):
      // Schedules are records of a kind of their own.
      let kinds = [left, right].compactMap { $0.value.asFields?.kind }
      if kinds.contains(RecordBox.gradients) { return try gradients() }
      if kinds.contains("record") { throw words.kinds() }
      return .unknown
    default: break
    }
    guard let a = left.value.tensorOperand, let b = right.value.tensorOperand else {
      throw words.kinds()
    }
    guard case .type(let x) = a, case .type(let y) = b else { return .unknown }
    return .tensor(TensorType(.f32, try broadcast(x.shape, y.shape)))
  }

  /// Gradients of a model add and subtract; a number multiplies and divides them.
  private func gradients() throws(Diagnostic) -> AbstractValue {
    let isFirst = left.value.asFields?.kind == RecordBox.gradients
    let isSecond = right.value.asFields?.kind == RecordBox.gradients
    let mayScale = (isFirst ? right : left).value.fit(.number) != .no
    let fits = switch op {
    case .add, .subtract: isFirst && isSecond
    case .multiply: mayScale
    case .divide: isFirst && mayScale
    default: false
    }
    guard fits else { throw words.kinds() }
    return .record([], kind: RecordBox.gradients)
  }

  /// Exact numbers are folded, in f64, with the same errors as at run time.
  private func numbers() throws(Diagnostic) -> AbstractValue {
    guard let b = right.value.exactNumber else { return .number }
    if b == 0, op == .divide || op == .remainder { throw words.divisionByZero() }
    guard let a = left.value.exactNumber else { return .number }
    let result = try NumberArithmetic.apply(op, a, b, at: span)
    return result.isFinite ? .known(.number(result)) : .number
  }

  private func broadcast(_ a: Shape, _ b: Shape) throws(Diagnostic) -> Shape {
    switch a.broadcast(with: b) {
    case .success(let shape): return shape
    case .failure(let mismatch): throw words.shapes(a, b, mismatch)
    }
  }

  private func product() throws(Diagnostic) -> AbstractValue {
    guard let a = left.value.tensorOperand, let b = right.value.tensorOperand else {
      throw words.kinds()
    }
    guard case .type(let x) = a, case .type(let y) = b else { return .unknown }
    guard x.shape.rank > 0, y.shape.rank > 0 else { throw words.productOfNumbers() }
    let attributes: Attributes = ["transpose_a": .bool(false), "transpose_b": .bool(false)].attributes
    let types = [x, y].map { TensorType(.f32, $0.shape) }
    do throws(ShapeError) {
      return .tensor(try OpDefinition.matmul.inferTypes(types, attributes).first ?? x)
    } catch {
      throw words.product(x.shape, y.shape, error)
    }
  }

  private func concatenation() throws(Diagnostic) -> AbstractValue {
    switch (left.value.kindOfValue, right.value.kindOfValue) {
    case (.list, .list): break
    case (.tuple, .tuple):
      guard let a = left.value.asElements, let b = right.value.asElements else { return .unknown }
      return .makeTuple(a + b)
    default: throw words.kinds()
    }
    if let a = left.value.asElements, let b = right.value.asElements, a.count + b.count <= 256 {
      return .makeList(a + b)
    }
    return .listOf(left.value.join(right.value).elementValue ?? .unknown)
  }

  private func equality() throws(Diagnostic) -> AbstractValue {
    let a = left.value
    let b = right.value
    if a.isNone || b.isNone { return .known(.bool((a.isNone && b.isNone) == (op == .equal))) }
    if let tensor = try elementwise() { return tensor }
    switch (a.kindOfValue, b.kindOfValue) {
    case (.number, .number):
      guard let x = a.exactNumber, let y = b.exactNumber else { return .bool }
      return .known(.bool((x == y) == (op == .equal)))
    case (.string, .string):
      guard let x = a.exactString, let y = b.exactString else { return .bool }
      return .known(.bool((x == y) == (op == .equal)))
    case (.bool, .bool):
      guard let x = a.exactBool, let y = b.exactBool else { return .bool }
      return .known(.bool((x == y) == (op == .equal)))
    case (.list, .list), (.tuple, .tuple): return equality(ofParts: a.asElements, b.asElements)
    case (.record, .record), (.range, .range), (.function, .function), (.layer, .layer),
      (.optimizer, .optimizer), (.data, .data), (.hook, .hook):
      return .bool
    default: throw words.kinds()
    }
  }

  /// Sizes and other numbers are compared where they are known; so is how many there are.
  private func equality(ofParts a: [AbstractValue]?, _ b: [AbstractValue]?) -> AbstractValue {
    guard let a, let b else { return .bool }
    guard a.count == b.count else { return .known(.bool(op == .notEqual)) }
    let (x, y) = (a.compactMap(\.exactNumber), b.compactMap(\.exactNumber))
    guard x.count == a.count, y.count == b.count else { return .bool }
    return .known(.bool((x == y) == (op == .equal)))
  }

  private func order() throws(Diagnostic) -> AbstractValue {
    if let tensor = try elementwise() { return tensor }
    switch (left.value.kindOfValue, right.value.kindOfValue) {
    case (.number, .number):
      guard let a = left.value.exactNumber, let b = right.value.exactNumber else { return .bool }
      switch op {
      case .less: return .known(.bool(a < b))
      case .lessEqual: return .known(.bool(a <= b))
      case .greater: return .known(.bool(a > b))
      default: return .known(.bool(a >= b))
      }
    case (.string, .string): return .bool
    default: throw words.kinds()
    }
  }

  /// A comparison with a tensor on one side; nil when there is none.
  private func elementwise() throws(Diagnostic) -> AbstractValue? {
    let hasTensor = [left, right].contains {
      if case .tensor = $0.value.kindOfValue { true } else { false }
    }
    guard hasTensor else { return nil }
    guard let a = left.value.tensorOperand, let b = right.value.tensorOperand else {
      throw words.kinds()
    }
    guard case .type(let x) = a, case .type(let y) = b else { return .unknown }
    let shape = try broadcast(x.shape, y.shape)
    return shape.rank == 0 ? .bool : .tensor(TensorType(.bool, shape))
  }
}

/// A number, tensor or list of numbers as an operand of tensor arithmetic.
enum TensorOperand {
  case type(TensorType)
  /// A tensor of which nothing more is known.
  case unknown
}

extension AbstractValue {
  /// nil when the value can be no tensor.
  var tensorOperand: TensorOperand? {
    switch kindOfValue {
    case .tensor(let type): return .type(type)
    case .number: return .type(TensorType(.f32, .scalar))
    case .list:
      if fit(.tensorLike) == .no { return nil }
      return listType.map { .type($0) } ?? .unknown
    default: return nil
    }
  }

  /// The type of a nested list of numbers when its sizes are known and even.
  package var listType: TensorType? {
    guard let elements = asElements, let first = elements.first else { return nil }
    guard let inner = first.elementShape else { return nil }
    // Uneven lists are reported where the tensor is made.
    guard elements.count <= 256 else { return nil }
    for element in elements where element.elementShape != inner { return nil }
    return TensorType(.f32, Shape([Dimension(elements.count)] + inner.dimensions))
  }

  private var elementShape: Shape? {
    switch kindOfValue {
    case .number, .bool: .scalar
    case .tensor(let type): type.shape
    case .list: listType?.shape
    default: nil
    }
  }

  /// The result of `-x`.
  package func negated(at span: Span) throws(Diagnostic) -> AbstractValue {
    if let x = exactNumber, case .number = kindOfValue { return .known(.number(-x)) }
    switch kindOfValue {
    case .unknown: return .unknown
    case .record where asFields?.kind == RecordBox.gradients: return .record([], kind: RecordBox.gradients)
    case .number: return .number
    case .tensor(let type): return .tensor(TensorType(.f32, type.shape))
    case .list where fit(.tensorLike) != .no:
      return listType.map { .tensor($0) } ?? .unknown
    default: throw .cannotNegate(foundText, at: span)
    }
  }
}

/// Why two shapes do not stretch over each other.
package enum BroadcastMismatch: Error, Hashable, Sendable {
  /// Sizes that differ, at this axis counted from the right.
  case sizes(axis: Int, Int, Int)
  /// Both run over the rows of a data set, but in different axes.
  case batchAxes
}

extension Shape {
  /// torch's rule on symbolic sizes; axes that run over rows must line up.
  package func broadcast(with other: Shape) -> Result<Shape, BroadcastMismatch> {
    let rowsA = dimensions.reversed().firstIndex { $0.isBatch }
    let rowsB = other.dimensions.reversed().firstIndex { $0.isBatch }
    if rowsA != nil, rowsB != nil,
      dimensions.count - (dimensions.firstIndex { $0.isBatch } ?? 0)
        != other.dimensions.count - (other.dimensions.firstIndex { $0.isBatch } ?? 0)
    {
      return .failure(.batchAxes)
    }
    var result: [Dimension] = []
    for axis in 0..<max(rank, other.rank) {
      let a = axis < rank ? dimensions[rank - 1 - axis] : Dimension(1)
      let b = axis < other.rank ? other.dimensions[other.rank - 1 - axis] : Dimension(1)
      if let m = a.size, let n = b.size, m != n, m != 1, n != 1 {
        return .failure(.sizes(axis: axis, m, n))
      }
      result.append(a.stretched(with: b))
    }
    return .success(Shape(result.reversed()))
  }
}

extension Dimension {
  /// The common size of two that fit.
  fileprivate func stretched(with other: Dimension) -> Dimension {
    if self == other { return self }
    if isBatch || other.isBatch { return .batch }
    if size == 1 { return other }
    if other.size == 1 { return self }
    return size == nil ? other : self
  }
}
