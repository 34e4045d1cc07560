// Elementwise ops on f32 tensors at hand, without a search: what a script's arithmetic on small tensors
// costs is finding the plan, not the numbers.
import AdamIR

/// Which operands of an elementwise op are tensors.
package enum QuickForm: Int {
  case one, two
  /// The right, or the left operand is a number.
  case numberRight, numberLeft
}

/// A plan of one elementwise op for one shape, with all that a call needs.
private final class QuickPlan {
  /// Of the operand and the result.
  let layout: TensorLayout
  private let plan: Plan
  /// Holds the number operand.
  private let scalar: Tensor?
  private let isScalarFirst: Bool

  init?(_ plan: Plan, _ form: QuickForm, _ layout: TensorLayout) {
    // Long ones are run where somebody looks whether to stop.
    guard !plan.isLong, let result = plan.function.results.first, plan.function.results.count == 1,
      plan.function.type(result.value) == layout.type
    else { return nil }
    self.plan = plan
    self.layout = layout
    isScalarFirst = form == .numberLeft
    let takesNumber = form == .numberLeft || form == .numberRight
    scalar = takesNumber ? try? Tensor.scalar(0) : nil
    if takesNumber, scalar == nil { return nil }
  }

  /// nil when there is no memory.
  func run(_ x: Tensor, _ y: Tensor?) -> Tensor? {
    guard let result = Tensor(uninitialized: layout) else { return nil }
    plan.run(x.pointer, y?.pointer, into: result.pointer)
    withExtendedLifetime(x) {}
    withExtendedLifetime(y) {}
    return result
  }

  func run(_ x: Tensor, _ number: Float) -> Tensor? {
    guard let scalar else { return nil }
    scalar.pointer.storeBytes(of: number, as: Float.self)
    return isScalarFirst ? run(scalar, x) : run(x, scalar)
  }
}

/// The plans at hand: a few shapes for every op and form. Not thread-safe.
final class QuickPlans {
  private var table: [QuickPlan?] = []
  /// The same without counting who uses them.
  private var places: UnsafeMutableBufferPointer<Unmanaged<QuickPlan>?> = .allocate(capacity: 0)

  deinit { places.deallocate() }

  /// Shapes that one op and form keeps.
  private static let ways = 4

  /// - Parameters:
  ///   - number: of the op, small; the same for every call of it.
  ///   - make: the plan for operands of these types, when none is at hand.
  @inline(__always)
  private func plan(
    _ number: Int, _ form: QuickForm, like x: Tensor, _ make: ([TensorType]) -> Plan?
  ) -> Unmanaged<QuickPlan>? {
    let place = (number &* 4 &+ form.rawValue) &* Self.ways &+ x.elementCount & (Self.ways - 1)
    if place < places.count, let known = places[place],
      known._withUnsafeGuaranteedRef({ $0.layout.hasSizes(of: x.layout) })
    {
      return known
    }
    return found(place, form, like: x, make)
  }

  @inline(never)
  private func found(
    _ place: Int, _ form: QuickForm, like x: Tensor, _ make: ([TensorType]) -> Plan?
  ) -> Unmanaged<QuickPlan>? {
    let scalar = TensorType(.f32, .scalar)
    let types =
      switch form {
      case .one: [x.type]
      case .two: [x.type, x.type]
      case .numberRight: [x.type, scalar]
      case .numberLeft: [scalar, x.type]
      }
    guard place >= 0, place < 1 << 16, let plan = make(types), let quick = QuickPlan(plan, form, x.layout)
    else { return nil }
    while table.count <= place { table.append(nil) }
    table[place] = quick
    places.deallocate()
    places = .allocate(capacity: table.count)
    _ = places.initialize(from: table.map { $0.map(Unmanaged.passUnretained) })
    return Unmanaged.passUnretained(quick)
  }

  func run(_ number: Int, _ x: Tensor, _ y: Tensor?, _ make: ([TensorType]) -> Plan?) -> Tensor? {
    plan(number, y == nil ? .one : .two, like: x, make)?._withUnsafeGuaranteedRef { $0.run(x, y) }
  }

  func run(
    _ number: Int, _ form: QuickForm, _ x: Tensor, _ scalar: Float, _ make: ([TensorType]) -> Plan?
  ) -> Tensor? {
    plan(number, form, like: x, make)?._withUnsafeGuaranteedRef { $0.run(x, scalar) }
  }
}

extension TensorEngine {
  /// An elementwise op with one result of the operands' shape: the bits of `apply`. nil when it is not
  /// for this way: other element types, two shapes, other rows or units, an error to be told.
  /// - Parameter number: of the op, small; the same for every call of it.
  package func quickly(
    _ number: Int, _ op: () -> OpDefinition?, _ x: Tensor, _ y: Tensor?
  ) -> Tensor? {
    guard x.element == .f32 else { return nil }
    if let y {
      guard y.element == .f32, y.layout.hasSizes(of: x.layout), y.batchAxis == x.batchAxis, y.units == x.units
      else { return nil }
    }
    return quick.run(number, x, y) { self.plan(op, $0) }?.tagged(like: x)
  }

  /// As above with a number for one operand, which is rounded to f32.
  package func quickly(
    _ number: Int, _ op: () -> OpDefinition?, _ form: QuickForm, _ x: Tensor, _ y: Double
  ) -> Tensor? {
    let scalar = Float(y)
    guard x.element == .f32, scalar.isFinite else { return nil }
    return quick.run(number, form, x, scalar.flushed) { self.plan(op, $0) }?.tagged(like: x)
  }

  private func plan(_ op: () -> OpDefinition?, _ types: [TensorType]) -> Plan? {
    guard let op = op(), op.traits.contains(.elementwise) else { return nil }
    return try? plan(op, types)
  }
}

extension TensorLayout {
  @inline(__always)
  fileprivate func hasSizes(of other: TensorLayout) -> Bool { self === other || sizes == other.sizes }
}

extension Tensor {
  fileprivate func tagged(like other: Tensor) -> Tensor {
    batchAxis = other.batchAxis
    units = other.units
    return self
  }
}
