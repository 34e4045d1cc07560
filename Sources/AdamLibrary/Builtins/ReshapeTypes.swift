// `x.reshape(x.shape[0], 16)`, `x.reshape(_, 16)`: what follows while a size is a number that only the run
// knows.
import AdamIR
import AdamSource

/// The new sizes of a `reshape` as far as they are known.
struct ReshapeTypes {
  private let context: any CheckContext
  private let arguments: BoundArguments<AbstractValue>
  /// nil: a number that is not known.
  private var sizes: [Int?] = []
  /// Places of `_` and -1, of which one may stand.
  private var isOpen = false

  /// nil when what is given are no sizes; the run says so.
  init?(_ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>) {
    // A number is the first size of a layer.
    if let x = arguments["x"], x.exactNumber != nil || x.isNumber { return nil }
    self.context = context
    self.arguments = arguments
    var given = arguments.variadic
    if given.count == 1, let elements = given[0].value.asElements { given = elements.map { ($0, given[0].span) } }
    // It may be a list.
    if given.count == 1, given[0].value.isUnknown { return nil }
    for (value, span) in given {
      guard value.fit(.number) != .no else { return nil }
      let isLeftOpen = context.session.openSizes.met.contains(span) || value.exactNumber == -1
      if isLeftOpen, isOpen {
        if arguments["x"]?.tensorType != nil { context.report(.wrongSizes(at: arguments.span)) }
        return nil
      }
      if isLeftOpen { isOpen = true }
      sizes.append(isLeftOpen ? -1 : value.exactNumber.flatMap { Int(exactly: $0) })
    }
  }

  /// The type of the result. Reports numbers of elements that never fit.
  func result() -> AbstractValue {
    guard let x = arguments["x"], let type = x.tensorType, !sizes.isEmpty else { return .unknown }
    let unknown = sizes.count { $0 == nil }
    // Beside a size of 0 any number fits.
    guard unknown + (isOpen ? 1 : 0) <= 1, unknown == 0 || !sizes.contains(0) else {
      let known = sizes.map { $0.flatMap { $0 < 0 ? nil : Dimension($0) } ?? .unknown }
      return .tensor(TensorType(type.element, Shape(known)))
    }
    // A number that is not known is the one that fits, or the run says so.
    let wanted = sizes.map { $0 ?? -1 }
    do throws(Diagnostic) {
      if case .traced(let traced) = x { return .traced(try traced.reshaped(to: wanted, at: arguments.span)) }
      return .tensor(try type.reshaped(to: wanted, at: arguments.span))
    } catch {
      context.report(error)
      return .unknown
    }
  }
}

extension Diagnostic {
  /// E0211: `reshape(-1, -1)`, `reshape(2.5)`.
  static func wrongSizes(at span: Span) -> Diagnostic {
    Diagnostic(.outOfRange, "sizes must be whole numbers, at most one of them -1", at: span)
  }
}

extension AbstractValue {
  /// A number that is not known, `_` among them.
  fileprivate var isNumber: Bool { if case .number = self { true } else { false } }
}
