// Elementwise ops on f32 tensors at hand, without a search: what a script's arithmetic on small tensors
// costs is finding the plan, not the numbers.
import AdamIR

/// Which operands of an elementwise op are tensors.
package enum QuickForm: Int {
  case one, two
  /// The right, or the left operand is a number.
  case numberRight, numberLeft
}

/// A plan of one elementwise op for one shape, with all that a call needs. Nothing of it is counted while it
/// runs: counting references takes longer than the arithmetic.
private struct QuickPlan {
  /// Of the operand and the result.
  let layout: Unmanaged<TensorLayout>
  private let plan: Unmanaged<Plan>
  /// Holds the number operand.
  private let scalar: Unmanaged<Tensor>?
  private let isScalarFirst: Bool

  /// Owned until `release`.
  init?(_ plan: Plan, _ form: QuickForm, _ layout: TensorLayout) {
    // Long ones are run where somebody looks whether to stop.
    guard !plan.isLong, let result = plan.function.results.first, plan.function.results.count == 1,
      plan.function.type(result.value) == layout.type
    else { return nil }
    isScalarFirst = form == .numberLeft
    let takesNumber = form == .numberLeft || form == .numberRight
    let scalar = takesNumber ? try? Tensor.scalar(0) : nil
    if takesNumber, scalar == nil { return nil }
    self.plan = .passRetained(plan)
    self.layout = .passRetained(layout)
    self.scalar = scalar.map { .passRetained($0) }
  }

  func release() {
    plan.release()
    layout.release()
    scalar?.release()
  }

  /// nil when there is no memory.
  @inline(__always)
  func run(_ x: Unmanaged<Tensor>, _ y: Unmanaged<Tensor>?) -> Tensor? {
    let x = x._withUnsafeGuaranteedRef { $0.pointer }
    let y = y?._withUnsafeGuaranteedRef { $0.pointer }
    guard let result = layout._withUnsafeGuaranteedRef({ Tensor(uninitialized: $0) }) else { return nil }
    plan._withUnsafeGuaranteedRef { $0.run(x, y, into: result.pointer) }
    return result
  }

  @inline(__always)
  func run(_ x: Unmanaged<Tensor>, _ number: Float) -> Tensor? {
    guard let scalar else { return nil }
    scalar._withUnsafeGuaranteedRef { $0.pointer.storeBytes(of: number, as: Float.self) }
    return isScalarFirst ? run(scalar, x) : run(x, scalar)
  }
}

/// The plans at hand: a few shapes for every op and form. Not thread-safe.
final class QuickPlans {
  private var places: UnsafeMutableBufferPointer<QuickPlan?> = .allocate(capacity: 0)

  deinit {
    for place in places { place?.release() }
    places.deallocate()
  }

  /// Shapes that one op and form keeps.
  private static let ways = 8

  /// - Parameters:
  ///   - number: of the op, small; the same for every call of it.
  ///   - make: the plan for operands of these types, when none is at hand.
  @inline(__always)
  private func plan(
    _ number: Int, _ form: QuickForm, like x: Unmanaged<Tensor>, _ make: ([TensorType]) -> Plan?
  ) -> QuickPlan? {
    // Sizes that are used side by side are often powers of two: their low bits say nothing.
    let count = UInt(bitPattern: x._withUnsafeGuaranteedRef { $0.elementCount })
    let way = Int(bitPattern: (count &* 0x9E37_79B9_7F4A_7C15) >> 61) & (Self.ways - 1)
    let place = (number &* 4 &+ form.rawValue) &* Self.ways &+ way
    if place < places.count, let known = places[place], known.layout.hasSizes(of: x.layout) { return known }
    return found(place, form, like: x.takeUnretainedValue(), make)
  }

  @inline(never)
  private func found(
    _ place: Int, _ form: QuickForm, like x: Tensor, _ make: ([TensorType]) -> Plan?
  ) -> QuickPlan? {
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
    if place >= places.count { grow(to: place + 1) }
    places[place]?.release()
    places[place] = quick
    return quick
  }

  private func grow(to count: Int) {
    let more = UnsafeMutableBufferPointer<QuickPlan?>.allocate(capacity: count)
    more.initialize(repeating: nil)
    for place in places.indices { more[place] = places[place] }
    places.deallocate()
    places = more
  }

  @inline(__always)
  func run(
    _ number: Int, _ x: Unmanaged<Tensor>, _ y: Unmanaged<Tensor>?, _ make: ([TensorType]) -> Plan?
  ) -> Tensor? {
    plan(number, y == nil ? .one : .two, like: x, make)?.run(x, y)
  }

  @inline(__always)
  func run(
    _ number: Int, _ form: QuickForm, _ x: Unmanaged<Tensor>, _ scalar: Float, _ make: ([TensorType]) -> Plan?
  ) -> Tensor? {
    plan(number, form, like: x, make)?.run(x, scalar)
  }
}

extension TensorEngine {
  /// An elementwise op with one result of the operands' shape: the bits of `apply`. nil when it is not
  /// for this way: other element types, two shapes, other rows or units, an error to be told.
  /// - Parameters:
  ///   - number: of the op, small; the same for every call of it.
  ///   - x: lives on until the end, as `y` does: neither is counted.
  package func quickly(
    _ number: Int, _ op: () -> OpDefinition?, _ x: Unmanaged<Tensor>, _ y: Unmanaged<Tensor>?
  ) -> Tensor? {
    guard x.isFloat else { return nil }
    if let y, !y.isLike(x) { return nil }
    return quick.run(number, x, y) { self.plan(op, $0) }?.tagged(like: x)
  }

  /// As above with a number for one operand, which is rounded to f32.
  package func quickly(
    _ number: Int, _ op: () -> OpDefinition?, _ form: QuickForm, _ x: Unmanaged<Tensor>, _ y: Double
  ) -> Tensor? {
    let scalar = Float(y)
    guard x.isFloat, scalar.isFinite else { return nil }
    return quick.run(number, form, x, scalar.flushed) { self.plan(op, $0) }?.tagged(like: x)
  }

  private func plan(_ op: () -> OpDefinition?, _ types: [TensorType]) -> Plan? {
    guard let op = op(), op.traits.contains(.elementwise) else { return nil }
    return try? plan(op, types)
  }
}

extension Unmanaged<TensorLayout> {
  @inline(__always)
  fileprivate func hasSizes(of other: Self) -> Bool {
    toOpaque() == other.toOpaque() || compareSizes(other)
  }

  @inline(never)
  private func compareSizes(_ other: Self) -> Bool {
    _withUnsafeGuaranteedRef { layout in other._withUnsafeGuaranteedRef { $0.sizes == layout.sizes } }
  }
}

extension Unmanaged<Tensor> {
  @inline(__always)
  fileprivate var layout: Unmanaged<TensorLayout> {
    _withUnsafeGuaranteedRef { .passUnretained($0.layout) }
  }

  @inline(__always)
  fileprivate var isFloat: Bool { layout._withUnsafeGuaranteedRef { $0.isFloat } }

  /// The same elements, sizes, rows and units.
  @inline(__always)
  fileprivate func isLike(_ other: Self) -> Bool {
    guard isFloat == other.isFloat, layout.hasSizes(of: other.layout) else { return false }
    return _withUnsafeGuaranteedRef { x in
      other._withUnsafeGuaranteedRef { $0.batchAxis == x.batchAxis && $0.units == x.units }
    }
  }
}

extension Tensor {
  @inline(__always)
  fileprivate func tagged(like other: Unmanaged<Tensor>) -> Tensor {
    other._withUnsafeGuaranteedRef { (batchAxis, units) = ($0.batchAxis, $0.units) }
    return self
  }
}
