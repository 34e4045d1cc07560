// Numbers of the script as tensors: nested lists, tuples, ranges and single numbers become f32.
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// The value as a tensor; lists must be rectangular. Numbers are rounded to f32 here.
  package func tensor(at span: Span) throws(Diagnostic) -> Tensor {
    if case .tensor(let tensor) = self { return tensor }
    var sizes: [Int] = []
    var floats: [Float] = []
    try collect(depth: 0, &sizes, &floats, at: span)
    do throws(AllocationError) {
      return try Tensor(sizes, floats: floats)
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }

  private func collect(
    depth: Int, _ sizes: inout [Int], _ floats: inout [Float], at span: Span
  ) throws(Diagnostic) {
    if let number = exactNumber {
      guard depth == sizes.count else { throw .ragged(at: span) }
      let float = Float(number)
      if float.isInfinite, number.isFinite { throw ValueError.beyondFloat(number, at: span) }
      floats.append(float)
      return
    }
    if let flag = exactBool {
      guard depth == sizes.count else { throw .ragged(at: span) }
      floats.append(flag ? 1 : 0)
      return
    }
    if case .tensor(let tensor) = self {
      for size in tensor.sizes.enumerated() {
        try Self.check(size.element, depth: depth + size.offset, &sizes, floats.isEmpty, at: span)
      }
      guard depth + tensor.sizes.count == sizes.count else { throw .ragged(at: span) }
      floats += tensor.floats
      return
    }
    let parts = rangeNumbers ?? elements
    guard let parts, depth < 32 else { throw .notNumbers(foundText, at: span) }
    try Self.check(parts.count, depth: depth, &sizes, floats.isEmpty, at: span)
    for part in parts { try part.collect(depth: depth + 1, &sizes, &floats, at: span) }
  }

  private static func check(
    _ count: Int, depth: Int, _ sizes: inout [Int], _ isFirst: Bool, at span: Span
  ) throws(Diagnostic) {
    if depth == sizes.count, isFirst {
      sizes.append(count)
    } else if !sizes.indices.contains(depth) || sizes[depth] != count {
      throw .ragged(at: span)
    }
  }

  /// The numbers of a range; nil for other values or an unreasonable length.
  private var rangeNumbers: [Value]? {
    guard case .range(let range) = self, range.upper - range.lower < 1e8 else { return nil }
    var numbers: [Value] = []
    var next = range.lower
    while range.isClosed ? next <= range.upper : next < range.upper {
      numbers.append(.number(next))
      next += 1
    }
    return numbers
  }
}

extension AbstractValue {
  /// The type the value has as a tensor, as far as it is known.
  package var tensorType: TensorType? {
    switch self {
    case .tensor(let type): return type
    case .number: return TensorType(.f32, .scalar)
    case .known(.tensor(let tensor)): return tensor.type
    case .known(.parameter(let parameter)): return TensorType(.f32, parameter.shape)
    case .known(let value): return (try? value.tensor(at: Span(SourceID(0), 0, 0)))?.type
    case .list(let parts), .tuple(let parts):
      guard let first = parts.first?.tensorType,
        parts.allSatisfy({ $0.tensorType?.shape == first.shape })
      else { return nil }
      return TensorType(.f32, Shape([Dimension(parts.count)] + first.shape.dimensions))
    case .listOf(let part):
      return part.tensorType.map { TensorType(.f32, Shape([.unknown] + $0.shape.dimensions)) }
    default: return nil
    }
  }
}

extension Tensor {
  /// Class numbers 0 ..< classes from a tensor of whole numbers [n] or [n, 1].
  func asLabels(classes: Int, at span: Span) throws(Diagnostic) -> Tensor {
    let values = floats
    var labels: [Int32] = []
    labels.reserveCapacity(values.count)
    for value in values {
      guard let label = Int32(exactly: value), label >= 0, Int(label) < classes else {
        throw .badLabel(Double(value), classes: classes, at: span)
      }
      labels.append(label)
    }
    do throws(AllocationError) { return try Tensor([labels.count], integers: labels) } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}

extension Diagnostic {
  static func ragged(at span: Span) -> Diagnostic {
    Diagnostic(
      .shapesDisagree, "the rows of this list have different lengths", at: span,
      label: "all rows of a tensor are equally long")
  }

  static func notNumbers(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.wrongKind, "a tensor needs numbers, found \(found)", at: span)
  }

  static func badLabel(_ found: Double, classes: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .targetDisagrees,
      "label \(messageText(found)) is no class: the model has the classes 0 to \(classes - 1)",
      at: span)
  }

  /// What the runtime refused, at the place that asked for it.
  static func runtime(_ error: RuntimeError, at span: Span?) -> Diagnostic {
    switch error {
    case .allocation: Diagnostic(.outOfMemory, error.message, at: span)
    default: Diagnostic(.shapesDisagree, error.message, at: span)
    }
  }
}
