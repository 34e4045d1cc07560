// Optimizer updates: in place, one call for all parameters of the operation.
import AdamIR
import AdamKernelABI

/// Operands p, g, slots… of each parameter, then scalars. The results live where p and the slots do.
func emitUpdate(_ e: inout Emission, _ kernel: Kernel) {
  let scalars = e.operation.operands.count - 1
  let size = max(1, scalars / e.operation.updatedParameters)
  var sweep = UpdateSweep(threads: e.threads)
  for first in stride(from: 0, to: scalars, by: size) {
    let tensors = (first..<min(first + size, scalars)).map { e.operand($0) }
    sweep.add(tensors, count: e.operandCount(first), rows: e.operandSizes(first).first ?? 1)
  }
  let (targets, units) = sweep.targets
  let options = e.attributes.int("options") ?? 0
  let pointers = [e.tables.store(targets), e.operand(scalars)]
  e.emit(kernel, pointers, units: units, cost: 10 + 0.6 * Double(sweep.elements)) {
    ($0.n0, $0.n1) = (targets.count, options)
  }
}

/// The parameters of a sweep in the order of their units. Threads have equal shares of those one behind the other,
/// so each gets the same part of the rows of every parameter: the product that computes its gradient is
/// shared like that too, and lines stay with the core that has them.
private struct UpdateSweep {
  private var parts: [[TableBuilder.Update]]
  private var units: [Int]
  private(set) var elements = 0

  init(threads: Int) {
    let count = min(threads, Self.mostParts)
    (parts, units) = (Array(repeating: [], count: count), Array(repeating: 0, count: count))
  }

  /// Every thread looks at all targets.
  private static let mostParts = 8

  /// A parameter with less than a unit for each thread stays whole, one of few rows is cut somewhere.
  mutating func add(_ tensors: [Place], count: Int, rows: Int) {
    elements += count
    guard count >= parts.count * KernelTable.chunk else { return add(tensors, 0..<count, to: shortest) }
    let isCutByRows = rows >= 4 * parts.count
    let even = isCutByRows ? KernelTable.share(of: rows, shares: parts.count) * (count / rows) : count / parts.count
    // Whole vectors.
    let elementsOfPart = (even + 15) / 16 * 16
    for part in parts.indices {
      add(tensors, min(part * elementsOfPart, count)..<min((part + 1) * elementsOfPart, count), to: part)
    }
  }

  private var shortest: Int { units.indices.min { units[$0] < units[$1] } ?? 0 }

  private mutating func add(_ tensors: [Place], _ range: Range<Int>, to part: Int) {
    if range.isEmpty { return }
    parts[part].append(
      .init(
        tensors: tensors.map { $0.advanced(byElements: range.lowerBound) },
        target: UpdateTarget(count: range.count, firstUnit: 0)))
    units[part] += KernelTable.chunks(range.count)
  }

  /// With the unit at which each begins, and the number of units.
  var targets: ([TableBuilder.Update], Int) {
    var unit = 0
    let targets = parts.joined().map { update in
      var update = update
      update.target.firstUnit = unit
      unit += KernelTable.chunks(update.target.count)
      return update
    }
    return (targets, unit)
  }
}
