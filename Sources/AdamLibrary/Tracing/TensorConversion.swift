// Numbers of the script as tensors: nested lists, tuples, ranges and single numbers become f32.
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// The value as a tensor; lists must be rectangular. Numbers are rounded to f32 here.
  package func tensor(at span: Span) throws(Diagnostic) -> Tensor { try asTensor(at: span) }
}

extension AbstractValue {
  /// Throws when the value is certainly no tensor: rows of different lengths, or no numbers.
  package func checkTensor(at span: Span) throws(Diagnostic) {
    switch kindOfValue {
    case .string, .none, .bool, .function, .layer, .optimizer, .data, .hook:
      throw ValueError.notNumbers(foundText, at: span)
    case .list, .tuple:
      if case .known(let value) = self, value.isShort, !value.holdsTraced { _ = try value.asTensor(at: span) }
    default: break
    }
  }

  /// The type the value has as a tensor, as far as it is known.
  package var tensorType: TensorType? {
    switch self {
    case .tensor(let type): return type
    case .traced(let traced): return traced.type
    case .number: return TensorType(.f32, .scalar)
    case .known(.tensor(let tensor)): return tensor.type
    case .known(.parameter(let parameter)): return TensorType(.f32, parameter.shape)
    case .known(let value) where value.holdsTraced: return Self.stackedType(value.elements?.map { .known($0) } ?? [])
    case .known(let value): return (try? value.tensor(at: Span(SourceID(0), 0, 0)))?.type
    case .list(let parts), .tuple(let parts):
      return Self.stackedType(parts)
    case .listOf(let part):
      return part.tensorType.map { TensorType(.f32, Shape([.unknown] + $0.shape.dimensions)) }
    default: return nil
    }
  }

  private static func stackedType(_ parts: [AbstractValue]) -> TensorType? {
    guard let first = parts.first?.tensorType, parts.allSatisfy({ $0.tensorType?.shape == first.shape })
    else { return nil }
    return TensorType(.f32, Shape([Dimension(parts.count)] + first.shape.dimensions))
  }
}

extension Tensor {
  /// What a loss of classes compares a prediction with: probabilities as they are, else class numbers.
  func asClasses(for prediction: TensorType, at span: Span) throws(Diagnostic) -> Tensor {
    if LossDefinition.areProbabilities(type, for: prediction) { return self }
    guard sizes.count < 2 || elementCount == sizes.first else {
      throw .noClasses(type.shape, prediction.shape, at: span)
    }
    return try asLabels(classes: prediction.shape.dimensions.last?.size ?? .max, at: span)
  }

  /// Class numbers 0 ..< classes from a tensor of whole numbers [n] or [n, 1].
  private func asLabels(classes: Int, at span: Span) throws(Diagnostic) -> Tensor {
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
  /// Neither a class for each row nor a probability for each output.
  static func noClasses(_ target: Shape, _ prediction: Shape, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .targetDisagrees, "the target is \(target.text) but the prediction is \(prediction.text)", at: span,
      label: "one class number for each row, or a probability for each class")
    diagnostic.helps = [Help("of columns with a 1 at the right class make class numbers: `argmax(y, axis=1)`")]
    return diagnostic
  }

  /// - Parameter classes: nil: as many as there are.
  static func badLabel(_ found: Double, classes: Int?, at span: Span) -> Diagnostic {
    let known = classes.map { "the classes are 0 to \($0 - 1)" } ?? "classes are whole numbers from 0 on"
    return Diagnostic(.targetDisagrees, "label \(numberText(Float(found))) is no class: \(known)", at: span)
  }

  /// What the runtime refused, at the place that asked for it.
  static func runtime(_ error: RuntimeError, at span: Span?) -> Diagnostic {
    switch error {
    case .allocation: Diagnostic(.outOfMemory, error.message, at: span)
    default: Diagnostic(.shapesDisagree, error.message, at: span)
    }
  }
}

extension Value {
  /// A literal, not data of the session: looking at every element costs little.
  package var isShort: Bool {
    var budget = 65_536
    return isShort(&budget)
  }

  private func isShort(_ budget: inout Int) -> Bool {
    budget -= 1
    guard budget > 0, let elements else { return budget > 0 }
    for element in elements where !element.isShort(&budget) { return false }
    return true
  }
}
