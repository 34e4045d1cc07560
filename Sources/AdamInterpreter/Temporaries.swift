// Where a value in a register is read for the last time, for what is done without making it.
import AdamIR

struct Temporaries {
  private let instructions: [Instruction]
  /// Instructions that a jump may reach, or that follow one: pieces of straight code start here.
  private var starts: [Bool]
  /// Registers of iterators and of what is taken apart, which are read by their neighbour's name.
  private var isInRow: [Bool]
  /// So many instructions a value is followed.
  private static let reach = 32

  init(_ function: ProgramFunction) {
    instructions = function.instructions
    starts = Array(repeating: false, count: instructions.count + 1)
    isInRow = Array(repeating: false, count: Int(function.registerCount))
    for (index, instruction) in instructions.enumerated() { note(instruction, at: index) }
  }

  private mutating func note(_ instruction: Instruction, at index: Int) {
    if case .loop(let target) = instruction { starts[Int(target)] = true }
    if let target = instruction.jumpTarget { starts[Int(target)] = true }
    if instruction.endsPiece { starts[index + 1] = true }
    for register in instruction.row ?? 0..<0 where isInRow.indices.contains(register) { isInRow[register] = true }
  }

  /// Whether a jump may reach an instruction.
  func startsPiece(_ index: Int) -> Bool { starts[index] }

  func reads(_ register: Int32, at index: Int) -> Bool { instructions[index].reads.contains(Register(register)) }

  /// Whether nothing reads the register behind `index` before its next value, on any way.
  func isDead(_ register: Int32, behind index: Int) -> Bool {
    if isInRow[Int(register)] { return false }
    var open = followers(of: index)
    var seen: [Int] = []
    while let next = open.popLast() {
      guard instructions.indices.contains(next), !seen.contains(next) else { continue }
      seen.append(next)
      if seen.count > Self.reach || reads(register, at: next) { return false }
      if instructions[next].written?.index != register { open += followers(of: next) }
    }
    return true
  }

  /// The instructions that may be done next.
  private func followers(of index: Int) -> [Int] {
    switch instructions[index] {
    case .jump(let target), .loop(let target): [Int(target)]
    case .returnValue: []
    default: [index + 1] + (instructions[index].jumpTarget.map { [Int($0)] } ?? [])
    }
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
