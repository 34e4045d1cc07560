// The structure that the jumps of a function stand for: branches and loops, one inside the other.
// The text form and the verifier are made of it; code whose jumps have another shape has a fault.

/// What an instruction does to the regions of its function.
package enum ControlRole: Hashable, Sendable {
  case plain
  /// Begins a region that runs when the condition lets it.
  case opensBranch
  /// Ends such a region and begins the one that runs otherwise.
  case entersElse
  case opensLoop
  case closesLoop
  /// Leaves the innermost loop, with a condition or without one.
  case breaks
  /// Goes to the innermost loop's back-edge.
  case continues
}

package struct ControlStructure {
  /// By instruction.
  package private(set) var roles: [ControlRole]
  /// Branches that end before an instruction.
  package private(set) var closings: [Int]
  /// Jumps that fit no region, in order.
  package private(set) var faults: [(instruction: Int, message: String)] = []

  private let instructions: [Instruction]
  private var regions: [Region]
  /// The loops among them.
  private var loops: [Region] = []

  private struct Region {
    enum Kind { case body, branch, otherwise, loop(header: Int) }
    var kind: Kind
    /// Index behind the region; of a loop, behind its back-edge.
    var end: Int
    /// Where jumps from inside may lead without leaving the region.
    var limit: Int {
      switch kind {
      case .branch, .otherwise: end
      // The back-edge, and the return that ends a function.
      case .loop, .body: end - 1
      }
    }
  }

  /// Walks the code once. Regions nest as deep as the code does, without recursion.
  package init(_ instructions: [Instruction]) {
    self.instructions = instructions
    roles = Array(repeating: .plain, count: instructions.count)
    closings = Array(repeating: 0, count: instructions.count)
    regions = [Region(kind: .body, end: instructions.count)]
    for index in instructions.indices {
      closeBranches(before: index)
      visit(index)
    }
    closeBranches(before: instructions.count)
    for region in regions.dropFirst() { fault(region.end - 1, "a region that does not end here") }
  }

  private mutating func fault(_ index: Int, _ message: String) {
    faults.append((min(max(index, 0), max(instructions.count - 1, 0)), message))
  }

  private mutating func closeBranches(before index: Int) {
    while regions.count > 1, let top = regions.last, top.end == index {
      if case .loop = top.kind { return }
      regions.removeLast()
      if index < closings.count { closings[index] += 1 }
    }
  }

  private var limit: Int { regions.last?.limit ?? 0 }

  private mutating func visit(_ index: Int) {
    switch instructions[index] {
    case .loopHeader(let end):
      guard Int(end) > index + 1, Int(end) <= limit else { return fault(index, "jump to \(end)") }
      roles[index] = .opensLoop
      loops.append(Region(kind: .loop(header: index), end: Int(end)))
      regions += loops.suffix(1)
    case .loop(let target): closeLoop(index, Int(target))
    case .jumpIfFalse(_, let target), .jumpIfTrue(_, let target):
      if let loop = loops.last, Int(target) == loop.end {
        roles[index] = .breaks
      } else {
        openBranch(index, Int(target))
      }
    case .inlined(_, _, let target): openBranch(index, Int(target))
    case .jump(let target): jump(index, Int(target))
    case .next(_, _, let done):
      if loops.last.map({ Int(done) == $0.end }) != true { fault(index, "jump to \(done)") }
    default: break
    }
  }

  private mutating func closeLoop(_ index: Int, _ target: Int) {
    guard let top = regions.last, case .loop(let header) = top.kind, header == target, top.end == index + 1
    else { return fault(index, "loop to \(target), which is no loop header") }
    roles[index] = .closesLoop
    regions.removeLast()
    loops.removeLast()
  }

  private mutating func openBranch(_ index: Int, _ target: Int) {
    guard target > index, target <= limit else { return fault(index, "jump to \(target)") }
    roles[index] = .opensBranch
    regions.append(Region(kind: .branch, end: target))
  }

  /// The last jump of a branch leads behind its other half; any other leaves or repeats a loop.
  private mutating func jump(_ index: Int, _ target: Int) {
    let outer = regions.count > 1 ? regions[regions.count - 2].limit : 0
    if let top = regions.last, case .branch = top.kind, top.end == index + 1, target > index, target <= outer {
      roles[index] = .entersElse
      regions[regions.count - 1] = Region(kind: .otherwise, end: target)
    } else if let loop = loops.last, target == loop.end {
      roles[index] = .breaks
    } else if let loop = loops.last, target == loop.end - 1 {
      roles[index] = .continues
    } else {
      fault(index, "jump to \(target)")
    }
  }
}
