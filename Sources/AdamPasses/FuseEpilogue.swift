// fuse-epilogue: makes one operation of a product and the elementwise operation on its result.
// After this pass a product that only one loop of its own shape reads is not stored by itself.
import AdamIR

extension Pass {
  /// A loop takes up the operation with the trait `epilogue` that makes one of its operands, when that
  /// has the loop's type and nothing else reads it; of several the last. The product moves down to the
  /// loop: nothing moves across an update. Each step keeps its own rounding.
  package static let fuseEpilogue = Pass(
    "fuse-epilogue", purpose: "compute elementwise operations on a product's elements while they are in the cache"
  ) { function in
    let epilogues = Epilogues(function)
    var rewriting = Rewriting(function)
    for (index, operation) in function.operations.enumerated() {
      if epilogues.moved.contains(index) { continue }
      let source = epilogues.sources[index].map { function.operations[$0] }
      let fused = source.flatMap { epilogues.fused($0, into: operation) } ?? operation
      rewriting.append(rewriting.translated(fused))
    }
    return rewriting.finish()
  }
}

private struct Epilogues {
  let function: TensorFunction
  private let uses: ValueUses
  /// The operation that each loop takes up, by their indices.
  private(set) var sources: [Int: Int] = [:]
  /// Operations that are taken up.
  private(set) var moved: Set<Int> = []

  init(_ function: TensorFunction) {
    self.function = function
    uses = ValueUses(function)
    for (index, operation) in function.operations.enumerated() where function.isLoop(operation) {
      let makers = operation.operands.map { uses.definitions[$0.index] }
      guard let source = makers.sorted().last(where: { canMove($0, to: index) }) else { continue }
      sources[index] = source
      moved.insert(source)
    }
  }

  private func canMove(_ source: Int, to loop: Int) -> Bool {
    guard source >= 0 else { return false }
    let (operation, user) = (function.operations[source], function.operations[loop])
    guard operation.op.traits.contains(.epilogue), operation.results.count == 1,
      function.type(operation.results[0]) == function.type(user.results[0]),
      uses.users[operation.results[0].index] == [loop], !uses.isResult[operation.results[0].index],
      !function.hasUpdate(between: source, and: loop)
    else { return false }
    return fused(operation, into: user) != nil
  }

  /// Both as one operation; nil when that would be too large.
  func fused(_ source: Operation, into loop: Operation) -> Operation? {
    let others = loop.operands.filter { $0 != source.results[0] }
    var operands: [ValueID] = []
    for operand in source.operands + others where !operands.contains(operand) { operands.append(operand) }
    let own = loop.attributes.body("body")?.steps ?? [
      FusedBody.Step(loop.op, loop.operands.indices.map { .operand($0) }, loop.attributes)
    ]
    guard operands.count <= OpDefinition.fusedEpilogue.operandCount.upperBound,
      Set(others).count < FusedBody.maximumOperands, own.count <= FusedBody.maximumSteps
    else { return nil }
    func place(_ value: ValueID) -> FusedBody.Argument { .operand(operands.firstIndex(of: value) ?? 0) }
    let first = FusedBody.Step(source.op, source.operands.map(place), source.attributes)
    let steps = own.map { step in
      let arguments = step.arguments.map { argument -> FusedBody.Argument in
        switch argument {
        case .operand(let index):
          loop.operands[index] == source.results[0] ? .step(0) : place(loop.operands[index])
        case .step(let index): .step(index + 1)
        case .scalar: argument
        }
      }
      return FusedBody.Step(step.op, arguments, step.attributes)
    }
    return Operation(
      .fusedEpilogue, operands, ["body": .body(FusedBody([first] + steps))], loop.results, loop.span)
  }
}
