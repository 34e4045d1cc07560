// Data made in the script: `(x, y)`, or `x` alone. Rank-1 whole-number `y` is a label.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// The value as a data set.
  func dataSet(at span: Span) throws(Diagnostic) -> DataSet {
    switch self {
    case .data(let data): return data
    case .tuple(let pair) where pair.elements.count == 2:
      if case .none = pair.elements[1] { return try pair.elements[0].dataSet(at: span) }
      if case .record = pair.elements[0] { throw .recordAsInputs(at: span) }
      return try DataSet(
        x: pair.elements[0].tensor(at: span), y: pair.elements[1].tensor(at: span), at: span)
    case .function: throw .notYet("data made by a function", at: span)
    case .record: throw .recordAsInputs(at: span)
    case .string, .none, .bool, .builtin, .layer, .optimizer, .hook, .unset: throw .noData(foundText, at: span)
    default: return try DataSet(x: tensor(at: span), y: nil, at: span)
    }
  }
}

extension DataSet {
  convenience init(x: Tensor, y: Tensor?, origin: String = "memory", at span: Span)
    throws(Diagnostic)
  {
    guard let rows = x.sizes.first else { throw .noRowsInMemory(at: span) }
    if let y, y.sizes.first != rows { throw .rowsDiffer(rows, y.sizes.first ?? 0, at: span) }
    var description = DataDescription.memory(x: x.type, y: y?.type, at: span)
    description.origin = origin
    description.rows = rows
    description.beyondUnit = y?.beyondUnit
    var targets = y
    if let y, y.element == .i32, let lowest = y.integers.min(), lowest < 0 {
      throw .negativeLabel(Int(lowest), at: span)
    }
    if let y, y.sizes.count == 1, let labels = y.wholeLabels {
      do throws(AllocationError) { targets = try Tensor(y.sizes, integers: labels) } catch {
        throw .outOfMemory(error, at: span)
      }
      description.targetKind = .label
      description.targetType = TensorType(.i32, Shape([.batch]))
      description.classes = Int(labels.max() ?? 0) + 1
    }
    self.init(description: description, inputs: try x.real(at: span), targets: targets)
    rawInputs = x.floats.map { Double($0) }
    if let y, description.targetKind == .real { rawTargets = y.floats.map { Double($0) } }
    if let classes = description.classes {
      units.labels = (0..<classes).map { String($0) }
      units.hasNumericLabels = true
    }
  }
}

extension DataDescription {
  /// What is known of data made in the script from the types of x and y.
  /// - Parameter kind: what `y` holds; by default integers of rank 1 are class numbers.
  static func memory(
    x: TensorType, y: TensorType?, kind: TargetKind? = nil, at span: Span
  ) -> DataDescription {
    let kind = kind ?? y.map { $0.shape.rank == 1 && $0.element == .i32 ? .label : .real } ?? .none
    var target: TensorType?
    if let y, kind == .label || kind == .real {
      target = TensorType(kind == .label ? .i32 : y.element, y.shape.asBatch)
    }
    var result = DataDescription(
      origin: "memory", targetKind: kind, inputType: TensorType(.f32, x.shape.asBatch), targetType: target, span: span)
    result.rows = x.shape.dimensions.first?.size
    return result
  }

  /// What is known of a value used as data; nil when too little is. Throws for what is no data.
  static func of(_ value: AbstractValue, at span: Span) throws(Diagnostic) -> DataDescription? {
    if let description = value.asData { return description }
    if value.layerFunction != nil { return nil }
    if case .known(let known) = value, known.isShort { return try known.dataSet(at: span).description }
    switch value.kindOfValue {
    case .string, .none, .bool, .function, .layer, .optimizer, .hook: throw .noData(value.foundText, at: span)
    default: break
    }
    if value.asFields != nil { throw .recordAsInputs(at: span) }
    if let parts = value.asElements, parts.count == 2, value.isPair {
      return try pair(parts[0], parts[1], at: span)
    }
    return value.tensorType.flatMap { $0.shape.rank > 0 ? memory(x: $0, y: nil, at: span) : nil }
  }

  /// Inputs and targets; nil when nothing is known of the inputs.
  private static func pair(
    _ inputs: AbstractValue, _ targets: AbstractValue, at span: Span
  ) throws(Diagnostic) -> DataDescription? {
    if inputs.asFields != nil { throw .recordAsInputs(at: span) }
    if case .known(.none) = targets { return try of(inputs, at: span) }
    guard let x = inputs.tensorType else { return nil }
    guard let y = targets.tensorType else {
      if x.shape.rank == 0 { throw .noRowsInMemory(at: span) }
      return memory(x: x, y: nil, kind: .unknown, at: span)
    }
    try checkRows(x.shape, y.shape, at: span)
    guard y.shape.rank == 1, y.element == .f32 else {
      var result = memory(x: x, y: y, at: span)
      if case .known(let numbers) = targets { result.beyondUnit = (try? numbers.tensor(at: span))?.beyondUnit }
      return result
    }
    return memory(x: x, y: y, kind: targets.areWholeNumbers.map { $0 ? .label : .real } ?? .vector, at: span)
  }

  /// Throws when inputs and targets certainly have not as many rows.
  private static func checkRows(_ x: Shape, _ y: Shape, at span: Span) throws(Diagnostic) {
    guard let rows = x.dimensions.first else { throw .noRowsInMemory(at: span) }
    guard let count = rows.size, let targets = y.rank == 0 ? 0 : y.dimensions[0].size, count != targets else { return }
    throw .rowsDiffer(count, targets, at: span)
  }
}

extension AbstractValue {
  /// Whether a vector holds class numbers; nil when its numbers are not known.
  fileprivate var areWholeNumbers: Bool? {
    switch self {
    case .known(.tensor(let tensor)): tensor.wholeLabels != nil
    case .known(.list(let box)):
      box.elements.allSatisfy { $0.exactNumber.map { $0.isWholeNumber && $0 >= 0 } ?? false }
    default: nil
    }
  }

  fileprivate var isPair: Bool {
    switch self {
    case .tuple, .known(.tuple): true
    default: false
    }
  }
}

extension Shape {
  /// The first axis counts rows.
  fileprivate var asBatch: Shape {
    Shape(dimensions.isEmpty ? [] : [.batch] + dimensions.dropFirst())
  }
}

extension Tensor {
  /// The same numbers as f32.
  func real(at span: Span) throws(Diagnostic) -> Tensor {
    if element == .f32 { return self }
    do throws(AllocationError) {
      let result = try Tensor(sizes, floats: floats)
      result.batchAxis = batchAxis
      return result
    } catch { throw ValueError.memory(error, at: span) }
  }

  /// The first number outside 0 … 1.
  var beyondUnit: Double? {
    element == .f32 ? floats.first { !($0 >= 0 && $0 <= 1) }.map { Double($0) } : nil
  }

  /// The elements as class numbers when all are whole and ≥ 0.
  fileprivate var wholeLabels: [Int32]? {
    if element == .i32 { return integers.allSatisfy { $0 >= 0 } ? integers : nil }
    let labels = floats.compactMap { value in Int32(exactly: value).flatMap { $0 >= 0 ? $0 : nil } }
    return labels.count == elementCount ? labels : nil
  }
}

extension CheckContext {
  /// What is known of a value used as data; what is wrong with it is reported.
  func description(_ value: AbstractValue?, at span: Span) -> DataDescription? {
    guard let value else { return nil }
    do throws(Diagnostic) { return try DataDescription.of(value, at: span) } catch {
      report(error)
      return nil
    }
  }
}

extension Diagnostic {
  static func noData(_ found: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.wrongKind, "this is no data: found \(found)", at: span)
    diagnostic.helps = [
      Help(
        found == "a string"
          ? "read a file with `csv(\"file.csv\", target=\"column\")`"
          : "data is a data set, inputs and targets `(x, y)`, or inputs alone")
    ]
    return diagnostic
  }

  static func recordAsInputs(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic.notYet("a record as the inputs of data", at: span)
    diagnostic.helps = [Help("put the columns side by side with `concat`, or call the model in a loop of your own")]
    return diagnostic
  }

  static func noRowsInMemory(at span: Span) -> Diagnostic {
    Diagnostic(.shapesDisagree, "data needs rows: a list of examples, found a single number", at: span)
  }

  static func negativeLabel(_ label: Int, at span: Span) -> Diagnostic {
    Diagnostic(.targetDisagrees, "a class label must be 0 or more, found \(label)", at: span)
  }

  static func rowsDiffer(_ x: Int, _ y: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .targetDisagrees, "the inputs have \(counted(x, "row")) and the targets \(y)", at: span)
  }
}
