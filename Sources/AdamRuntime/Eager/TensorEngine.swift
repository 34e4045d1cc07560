// One op at a time on tensors at hand: what scripts do outside training.
import AdamIR
import AdamPasses

/// Applies ops through plans of one operation, remembered by op, types and attributes. The bits are
/// those of the same op inside a larger plan.
package final class TensorEngine {
  package let runtime: Runtime
  private let random: RandomSource?
  private var plans: [Key: Plan] = [:]
  let quick = QuickPlans()
  let products = QuickProducts()

  /// - Parameter random: what `dropout_mask` draws from.
  package init(_ runtime: Runtime, random: RandomSource? = nil) {
    self.runtime = runtime
    self.random = random
  }

  private struct Key: Hashable {
    var op: OpDefinition
    var operands: [TensorType]
    var attributes: Attributes
  }

  /// Plans to remember, and the largest arena of one that is: a large operation costs more than
  /// planning it again, and its scratch memory is better given back.
  private static let capacity = 256
  private static let largestArena = 1 << 16

  /// The results in the op's order, in memory of their own. Updates in place are refused.
  package func apply(
    _ op: OpDefinition, _ operands: [Tensor], _ attributes: Attributes = Attributes()
  ) throws(RuntimeError) -> [Tensor] {
    let types = operands.map(\.type)
    let key = Key(op: op, operands: types, attributes: attributes)
    let plan = try plan(for: key)
    try checkIndices(op, operands, attributes)
    var results: [Tensor] = []
    for result in plan.function.results {
      let type = plan.function.type(result.value)
      results.append(
        try allocating { () throws(AllocationError) in
          try Tensor(uninitialized: type.element, type.shape.sizes ?? [])
        })
    }
    try plan.run(on: operands, into: results)
    return results
  }

  /// What planning asks for: see `ConstantEvaluator`.
  package func evaluate(_ operation: ConstantOperation) -> [Double]? {
    let operands = operation.operands.compactMap { type, value in
      try? apply(.full, [], ["value": .float(value), "type": .type(type)]).first
    }
    guard operands.count == operation.operands.count,
      let results = try? apply(operation.op, operands, operation.attributes)
    else { return nil }
    let values = results.compactMap(\.uniformNumber)
    return values.count == results.count ? values : nil
  }

  /// A plan for operands of these types; throws when the op refuses them.
  func plan(
    _ op: OpDefinition, _ operands: [TensorType], _ attributes: Attributes = Attributes()
  ) throws(RuntimeError) -> Plan {
    try plan(for: Key(op: op, operands: operands, attributes: attributes))
  }

  private func plan(for key: Key) throws(RuntimeError) -> Plan {
    if let known = plans[key] { return known }
    return try makePlan(key)
  }

  private func makePlan(_ key: Key) throws(RuntimeError) -> Plan {
    guard !key.op.traits.contains(.update) else {
      throw .plan("`\(key.op.name)` belongs in a training step")
    }
    guard key.op.operandCount.contains(key.operands.count) else {
      throw .plan("`\(key.op.name)` does not take \(key.operands.count) operands")
    }
    var function = TensorFunction(name: key.op.name)
    var operands: [ValueID] = []
    for (index, type) in key.operands.enumerated() {
      operands.append(function.addParameter(type, name: "a\(index)", role: .input))
    }
    do {
      let results = try function.apply(key.op, operands, key.attributes)
      function.results = results.enumerated().map { FunctionResult($1, "y\($0)") }
    } catch { throw .shape(error) }
    let plan = try Plan(unbound: function, runtime, random: random)
    if plan.arenaBytes <= Self.largestArena, !key.operands.isEmpty {
      if plans.count >= Self.capacity { plans.removeAll(keepingCapacity: true) }
      plans[key] = plan
    }
    return plan
  }

  /// Kernels trust indices; here they come from the user.
  private func checkIndices(
    _ op: OpDefinition, _ operands: [Tensor], _ attributes: Attributes
  ) throws(RuntimeError) {
    guard op == .indexSelect || op == .indexSelectGrad, operands.count > 1 else { return }
    let source = op == .indexSelect ? operands[0] : operands[operands.count - 1]
    guard let axis = attributes.int("axis"), source.sizes.indices.contains(axis) else { return }
    let size = source.sizes[axis]
    let values = operands[1].pointer.assumingMemoryBound(to: Int32.self)
    for i in 0..<operands[1].elementCount where values[i] < 0 || Int(values[i]) >= size {
      throw .index(position: i, value: Int(values[i]), size: size)
    }
  }
}
