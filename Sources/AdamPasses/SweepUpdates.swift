// sweep-updates: makes one operation of neighbouring updates of the same rule.
// After this pass no update follows another that it could have been one with.
import AdamIR

extension Pass {
  /// Updates join when they stand side by side and agree in rule, attributes and scalars. Each
  /// parameter is updated from its own operands alone, so none may read what another one leaves.
  package static let sweepUpdates = Pass(
    "sweep-updates", purpose: "update the parameters of an optimizer in one sweep"
  ) { function in
    var sweeps: [[Operation]] = []
    for operation in function.operations {
      if let last = sweeps.last, joins(operation, last) {
        sweeps[sweeps.count - 1].append(operation)
      } else {
        sweeps.append([operation])
      }
    }
    var rewriting = Rewriting(function)
    for sweep in sweeps { rewriting.append(rewriting.translated(merged(sweep))) }
    return rewriting.finish()
  }
}

private func joins(_ operation: Operation, _ sweep: [Operation]) -> Bool {
  guard let first = sweep.first, operation.op.traits.contains(.update), operation.op == first.op,
    operation.updatedParameters == 1, first.updatedParameters == 1,
    operation.attributes == first.attributes, operation.operands.last == first.operands.last,
    operation.operands.count == first.operands.count
  else { return false }
  let operandCount = (sweep.count + 1) * (first.operands.count - 1) + 1
  let left = Set(sweep.flatMap(\.results))
  return first.op.operandCount.contains(operandCount) && left.isDisjoint(with: operation.operands)
}

private func merged(_ sweep: [Operation]) -> Operation {
  guard sweep.count > 1 else { return sweep[0] }
  var merged = sweep[0]
  merged.operands = sweep.flatMap { $0.operands.dropLast() } + sweep[0].operands.suffix(1)
  merged.results = sweep.flatMap(\.results)
  merged.attributes.entries.append(.init("parameters", .int(sweep.count)))
  return merged
}
