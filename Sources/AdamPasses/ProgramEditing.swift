// Changing a function's code: labels and dropping instructions.
import AdamIR
import AdamSource

extension ProgramFunction {
  /// Instructions that something jumps to.
  var labels: Set<Int> {
    var labels: Set<Int> = []
    for instruction in instructions {
      if let target = instruction.jumpTarget { labels.insert(Int(target)) }
      if case .loop(let target) = instruction { labels.insert(Int(target)) }
    }
    return labels
  }

  /// Registers that `on` blocks of this function read and write while a verb or call of it runs.
  var sharedRegisters: Set<Register> {
    var shared: Set<Register> = []
    for case .hook(_, let site) in instructions {
      shared.formUnion(site.captures.map(\.from) + site.updates.map(\.register))
    }
    return shared
  }

  /// The function without the instructions for which `isDropped` holds; jumps to one of them lead to
  /// the next that stays.
  func dropping(_ isDropped: (Int) -> Bool) -> ProgramFunction {
    var places: [Int] = []
    var result = self
    result.instructions = []
    result.spans = []
    for index in instructions.indices {
      places.append(result.instructions.count)
      if isDropped(index) { continue }
      result.instructions.append(instructions[index])
      result.spans.append(spans[index])
    }
    for index in result.instructions.indices { result.instructions[index].moveTarget { places[$0] } }
    return result
  }
}

extension Instruction {
  /// Sends a jump to where its target is now.
  mutating func moveTarget(_ place: (Int) -> Int) {
    if let target = jumpTarget { setTarget(place(Int(target))) }
    if case .loop(let target) = self { setTarget(place(Int(target))) }
  }
}
