// Matrix products of f32 tensors at hand: a small one takes less time than the search for its plan.
import AdamIR

/// The plans of a few pairs of shapes. Not thread-safe.
final class QuickProducts {
  private final class Entry {
    let left, right, result: TensorLayout
    let plan: Plan

    init?(_ plan: Plan, _ left: TensorLayout, _ right: TensorLayout) {
      // Long ones are run where somebody looks whether to stop.
      guard !plan.isLong, let value = plan.function.results.first?.value else { return nil }
      let type = plan.function.type(value)
      guard let sizes = type.shape.sizes, let count = type.shape.elementCount else { return nil }
      (self.left, self.right, self.plan) = (left, right, plan)
      result = TensorLayout(type, sizes, count)
    }

    func fits(_ x: TensorLayout, _ y: TensorLayout) -> Bool {
      (left === x || left.sizes == x.sizes) && (right === y || right.sizes == y.sizes)
    }

    /// nil when there is no memory.
    func run(_ x: Tensor, _ y: Tensor) -> Tensor? {
      guard let result = Tensor(uninitialized: result) else { return nil }
      withExtendedLifetime((x, y)) { plan.run(x.pointer, y.pointer, into: result.pointer) }
      return result
    }
  }

  private static let ways = 8
  private var entries = [Entry?](repeating: nil, count: ways)

  /// nil when there is no plan for this way, or no memory.
  func run(_ x: Tensor, _ y: Tensor, _ make: ([TensorType]) -> Plan?) -> Tensor? {
    let way = (x.elementCount &+ 3 &* y.elementCount) & (Self.ways - 1)
    if let known = entries[way], known.fits(x.layout, y.layout) { return known.run(x, y) }
    guard let plan = make([x.type, y.type]), let entry = Entry(plan, x.layout, y.layout) else { return nil }
    entries[way] = entry
    return entry.run(x, y)
  }
}

extension TensorEngine {
  private static let attributes: Attributes = ["transpose_a": .bool(false), "transpose_b": .bool(false)]

  /// `matmul` of two f32 tensors without rows and units of their own: the bits of `apply`. nil when it is not for
  /// this way, an error to be told among them.
  package func product(_ x: Tensor, _ y: Tensor) -> Tensor? {
    guard x.element == .f32, y.element == .f32, x.batchAxis == nil, y.batchAxis == nil, x.units == nil, y.units == nil
    else { return nil }
    return products.run(x, y) { try? plan(.matmul, $0, Self.attributes) }
  }
}
