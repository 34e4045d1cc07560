// Which registers hold a value no longer than their piece of straight code, and where such a value is
// read for the last time.
import AdamIR

struct Temporaries {
  private let instructions: [Instruction]
  /// Instructions that a jump may reach, or that follow one: pieces of straight code start here.
  private var starts: [Bool]
  /// Read somewhere before it was written in the same piece.
  private var crosses: [Bool]
  /// So far a value is followed.
  private static let reach = 8

  init(_ function: ProgramFunction) {
    instructions = function.instructions
    starts = Array(repeating: false, count: instructions.count + 1)
    crosses = Array(repeating: false, count: Int(function.registerCount))
    for (index, instruction) in instructions.enumerated() { note(instruction, at: index) }
    findCrossing()
  }

  private mutating func note(_ instruction: Instruction, at index: Int) {
    if case .loop(let target) = instruction { starts[Int(target)] = true }
    if let target = instruction.jumpTarget { starts[Int(target)] = true }
    if instruction.endsPiece { starts[index + 1] = true }
    // An iterator and the parts of what is taken apart lie in rows.
    if let row = instruction.row {
      for register in row where crosses.indices.contains(register) { crosses[register] = true }
    }
  }

  private mutating func findCrossing() {
    var written = Array(repeating: -1, count: crosses.count)
    var piece = 0
    for (index, instruction) in instructions.enumerated() {
      if starts[index] { piece += 1 }
      for register in instruction.reads where written[Int(register.index)] != piece {
        crosses[Int(register.index)] = true
      }
      if let register = instruction.written { written[Int(register.index)] = piece }
    }
  }

  /// Whether a jump may reach an instruction.
  func startsPiece(_ index: Int) -> Bool { starts[index] }

  func reads(_ register: Int32, at index: Int) -> Bool { instructions[index].reads.contains(Register(register)) }

  /// Whether nothing reads the register between `index` and its next value.
  func isDead(_ register: Int32, behind index: Int) -> Bool {
    if crosses[Int(register)] { return false }
    for next in (index + 1)..<min(index + 1 + Self.reach, instructions.count) {
      if starts[next] { return true }
      if reads(register, at: next) { return false }
      if instructions[next].written?.index == register { return true }
    }
    return index + 1 >= instructions.count
  }
}

extension Instruction {
  /// The register that gets a new value whatever it held.
  fileprivate var written: Register? {
    switch self {
    case .constant(let d, _), .move(let d, _), .unset(let d), .loadGlobal(let d, _),
      .loadGlobalIfSet(let d, _), .binary(let d, _, _, _), .negate(let d, _), .not(let d, _),
      .list(let d, _), .tuple(let d, _), .record(let d, _, _), .range(let d, _, _, _), .format(let d, _),
      .index(let d, _, _), .field(let d, _, _), .call(let d, _, _), .verb(let d, _, _), .closure(let d, _): d
    default: nil
    }
  }

  /// Registers whose value matters; all that are named where it is not clear.
  fileprivate var reads: ArraySlice<Register> {
    written == nil ? registers[...] : registers.dropFirst()
  }

  fileprivate var endsPiece: Bool {
    switch self {
    case .jump, .jumpIfFalse, .jumpIfTrue, .loop, .loopHeader, .next, .returnValue: true
    default: false
    }
  }

  fileprivate var row: Range<Int>? {
    switch self {
    case .iterate(let d, _), .next(_, let d, _): Int(d.index)..<Int(d.index) + 3
    case .unpack(let first, _, let count): Int(first.index)..<Int(first.index) + Int(max(count, 1))
    default: nil
    }
  }
}
