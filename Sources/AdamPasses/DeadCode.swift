// dce: drops operations that no result depends on.
// After this pass every operation has an effect or is needed by a result.
import AdamIR

extension Pass {
  /// Operations with `effect` stay and keep what they depend on; parameters stay even when unused,
  /// because they are the function's signature.
  package static let dce = Pass(
    "dce", purpose: "drop operations that no result and no effect depends on"
  ) { function in
    var needed = [Bool](repeating: false, count: function.values.count)
    for result in function.results { needed[result.value.index] = true }
    var keeps = [Bool](repeating: false, count: function.operations.count)
    for (index, operation) in function.operations.enumerated().reversed() {
      keeps[index] =
        operation.op.traits.contains(.effect) || operation.results.contains { needed[$0.index] }
      if keeps[index] { for operand in operation.operands { needed[operand.index] = true } }
    }
    var rewriting = Rewriting(function)
    for (index, operation) in function.operations.enumerated() where keeps[index] {
      rewriting.append(rewriting.translated(operation))
    }
    return rewriting.finish()
  }
}
