// fuse-elementwise: makes one loop of chains of elementwise operations.
// After this pass an elementwise result that is used by one loop only is not stored.
import AdamIR

extension Pass {
  /// A group grows from its last operation (the root) backwards: an elementwise operation joins when
  /// its result has the root's type and everything that uses it is in the group, so that it is never
  /// computed twice and never needed outside. Each step keeps its own rounding. Only f32 is fused.
  /// Rank-0 constants become scalars. Limits: `FusedBody`. Nothing moves across an operation with
  /// effect.
  package static let fuseElementwise = Pass(
    "fuse-elementwise", purpose: "compute chains of elementwise operations in one loop"
  ) { function in
    var fusion = Fusion(function)
    fusion.group()
    return fusion.rewritten()
  }
}

private struct Fusion {
  let function: TensorFunction
  private let uses: ValueUses
  /// Root of the group that each operation is in.
  private var rootOf: [Int?]
  /// Members of each root's group, ascending, the root last.
  private var members: [Int: [Int]] = [:]

  init(_ function: TensorFunction) {
    self.function = function
    uses = ValueUses(function)
    rootOf = Array(repeating: nil, count: function.operations.count)
  }

  mutating func group() {
    for root in function.operations.indices.reversed() where rootOf[root] == nil && canFuse(root) {
      let group = grown(from: root)
      guard group.count > 1 else { continue }
      for member in group { rootOf[member] = root }
      members[root] = group
    }
  }

  /// Whether an operation may be a step: a loop, and not fused already.
  private func canFuse(_ index: Int) -> Bool {
    let operation = function.operations[index]
    return !operation.op.traits.contains(.fused) && function.isLoop(operation)
  }

  private func grown(from root: Int) -> [Int] {
    var group: Set<Int> = [root]
    let type = function.type(function.operations[root].results[0])
    var candidates = producers(of: root)
    // Descending, so all users of a candidate have been decided before it.
    while let candidate = candidates.popLast() {
      let operation = function.operations[candidate]
      guard rootOf[candidate] == nil, canFuse(candidate),
        function.type(operation.results[0]) == type, !uses.isResult[operation.results[0].index],
        uses.users[operation.results[0].index].allSatisfy(group.contains),
        !function.hasUpdate(between: candidate, and: root),
        fits(group.union([candidate]))
      else { continue }
      group.insert(candidate)
      candidates = Array(Set(candidates + producers(of: candidate))).sorted()
    }
    return group.sorted()
  }

  private func producers(of index: Int) -> [Int] {
    let found = function.operations[index].operands.map { uses.definitions[$0.index] }
    return Set(found.filter { $0 >= 0 }).sorted()
  }

  private func fits(_ group: Set<Int>) -> Bool {
    let operands = inputs(group.sorted())
    return group.count <= FusedBody.maximumSteps && !operands.isEmpty
      && operands.count <= FusedBody.maximumOperands
  }

  /// Values read from outside, in the order of their first use; constants are not among them.
  private func inputs(_ group: [Int]) -> [ValueID] {
    var inputs: [ValueID] = []
    for member in group {
      for operand in function.operations[member].operands
      where !group.contains(uses.definitions[operand.index]) && scalar(operand) == nil
        && !inputs.contains(operand)
      {
        inputs.append(operand)
      }
    }
    return inputs
  }

  /// The number that a rank-0 constant stands for.
  private func scalar(_ id: ValueID) -> Double? {
    guard uses.definitions[id.index] >= 0, function.type(id).shape.rank == 0 else { return nil }
    let operation = function.operations[uses.definitions[id.index]]
    return operation.op == .full ? operation.attributes.float("value") : nil
  }

  func rewritten() -> TensorFunction {
    var rewriting = Rewriting(function)
    for (index, operation) in function.operations.enumerated() {
      if let group = members[index] {
        let inputs = inputs(group)
        let fused = Operation(
          .fusedElementwise, inputs.map { rewriting.mapped($0) },
          ["body": .body(body(group, inputs))], operation.results, operation.span)
        rewriting.append(fused)
      } else if rootOf[index] == nil {
        rewriting.append(rewriting.translated(operation))
      }
    }
    return rewriting.finish()
  }

  private func body(_ group: [Int], _ inputs: [ValueID]) -> FusedBody {
    FusedBody(
      group.map { member in
        let operation = function.operations[member]
        let arguments = operation.operands.map { operand -> FusedBody.Argument in
          if let step = group.firstIndex(of: uses.definitions[operand.index]) { return .step(step) }
          if let number = scalar(operand) { return .scalar(number) }
          return .operand(inputs.firstIndex(of: operand) ?? 0)
        }
        return FusedBody.Step(operation.op, arguments, operation.attributes)
      })
  }
}
