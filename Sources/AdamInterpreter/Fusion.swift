// Joins instructions that often stand together into one, for the loop of the VM. A joined instruction
// stands in the place of the first; the others stay behind it, for jumps and for the slow way, which
// does them one by one. So places, messages and what an instruction may do stay as they are.
import AdamIR
import AdamLibrary

/// Looks at one function.
struct Fusion {
  private let instructions: [Instruction]
  private let temporaries: Temporaries

  init(_ function: ProgramFunction) {
    instructions = function.instructions
    temporaries = Temporaries(function)
  }

  /// - Parameter constant: the constant of an index.
  func apply(to codes: inout [Code], constant: (Int32) -> Value) {
    for index in codes.indices.dropLast() {
      switch codes[index].op {
      case .constant:
        if case .number = constant(codes[index].b) { joinConstant(index, &codes) }
      case .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual: joinBranch(index, &codes)
      case .loadGlobal: joinCall(index, &codes)
      case .loop: joinNext(index, &codes)
      default: break
      }
    }
    for index in codes.indices where codes[index].op == .subtractConstant { joinElement(index, &codes) }
    for index in codes.indices where codes[index].op == .loadCallee { leaveLoad(index, &codes) }
    for index in codes.indices.reversed() { joinReturn(index, &codes) }
    for index in codes.indices where codes[index].op.endsStatement {
      skipIdle(behind: index, &codes, constant)
    }
    for index in codes.indices { joinReplacement(index, &codes) }
    for index in codes.indices { joinRange(index, &codes) }
  }

  /// `constant t; d = x op t` and the jump that may follow, where nothing else reads t.
  private func joinConstant(_ index: Int, _ codes: inout [Code]) {
    let (first, second) = (codes[index], codes[index + 1])
    guard second.c == first.a, second.b != first.a,
      second.a == first.a || temporaries.isDead(first.a, behind: index + 1)
    else { return }
    if let op = second.op.withConstant {
      codes[index] = Code(op: op, skip: 2, count: 1, a: second.a, b: second.b, c: first.b)
    } else if let op = second.op.constantBranch, let target = target(index + 2, second.a, codes) {
      codes[index] = Code(op: op, skip: 3, a: second.b, b: first.b, c: target)
    }
  }

  /// A comparison whose truth is read by the jump behind it alone.
  private func joinBranch(_ index: Int, _ codes: inout [Code]) {
    let code = codes[index]
    guard let op = code.op.branch, let target = target(index + 1, code.a, codes) else { return }
    codes[index] = Code(op: op, skip: 2, a: code.b, b: code.c, c: target)
  }

  /// Where a `jumpIfFalse` goes that is the last to read its condition.
  private func target(_ index: Int, _ condition: Int32, _ codes: [Code]) -> Int32? {
    guard codes.indices.contains(index), codes[index].op == .jumpIfFalse, codes[index].a == condition,
      temporaries.isDead(condition, behind: index)
    else { return nil }
    return codes[index].c
  }

  /// `f(…)` where f is a variable: b becomes its slot. With the arguments at hand both are joined. Where
  /// they are computed in between, by what cannot change a variable, the load leaves a function where it
  /// is: the call finds it there.
  private func joinCall(_ index: Int, _ codes: inout [Code]) {
    let load = codes[index]
    guard let place = callee(loadedAt: index, load.a) else { return }
    let call = codes[place]
    guard call.op == .call, call.a == load.a || temporaries.isDead(load.a, behind: place) else { return }
    if place == index + 1 {
      codes[index] = Code(op: .callGlobal, skip: 2, count: call.count, a: call.a, b: load.b, c: call.c)
    } else {
      codes[index].op = .loadCallee
      codes[place].op = .callLoaded
      codes[place].b = load.b
    }
  }

  /// The call that takes what was loaded, with nothing but arithmetic before it.
  private func callee(loadedAt index: Int, _ register: Int32) -> Int? {
    for place in (index + 1)..<min(index + 9, instructions.count) {
      if temporaries.startsPiece(place) { return nil }
      switch instructions[place] {
      case .call(_, let f, let site):
        return f.index == register && !site.arguments.contains { $0.register == f } ? place : nil
      case .constant(let d, _), .move(let d, _), .binary(let d, _, _, _), .negate(let d, _), .not(let d, _),
        .index(let d, _, _), .loadGlobal(let d, _):
        if d.index == register || temporaries.reads(register, at: place) { return nil }
      default: return nil
      }
    }
    return nil
  }

  /// The load of a function with one operation before its call is left to the call. Where it must be
  /// seen that there is no such variable, the slow way of the operation starts with the load.
  private func leaveLoad(_ index: Int, _ codes: inout [Code]) {
    let next = codes[index + 1]
    guard next.op.isArithmetic, codes.indices.contains(index + 1 + Int(next.skip)),
      codes[index + 1 + Int(next.skip)].op == .callLoaded
    else { return }
    codes[index] = next
    codes[index].skip += 1
    codes[index].count = .max
  }

  /// `t = i - k; d = xs[t]` where nothing else reads t.
  private func joinElement(_ index: Int, _ codes: inout [Code]) {
    let first = codes[index]
    let place = index + Int(first.skip)
    guard codes.indices.contains(place), let constant = UInt16(exactly: first.c) else { return }
    let second = codes[place]
    guard second.op == .element, second.c == first.a, second.b != first.a,
      second.a == first.a || temporaries.isDead(first.a, behind: place)
    else { return }
    codes[index] = Code(
      op: .elementBefore, skip: first.skip + second.skip, count: constant, a: second.a, b: second.b, c: first.b)
  }

  /// `t = a op b; xs[i] = t` where nothing else reads t.
  private func joinReplacement(_ index: Int, _ codes: inout [Code]) {
    let first = codes[index]
    let place = index + Int(first.skip)
    guard let op = first.op.intoList, codes.indices.contains(place) else { return }
    let second = codes[place]
    guard second.op == .setElement, second.c == first.a, second.a != first.a, second.b != first.a,
      temporaries.isDead(first.a, behind: place)
    else { return }
    codes[index].op = op
    codes[index].count = UInt16(first.skip)
    codes[index].skip += second.skip
  }

  /// `t = a ..< b; iterate t` where nothing else reads t: the range itself is not made.
  private func joinRange(_ index: Int, _ codes: inout [Code]) {
    guard case .range(let t, let a, let b, let isClosed) = instructions[index],
      index + 1 < instructions.count, case .iterate(let iterator, t) = instructions[index + 1],
      !temporaries.startsPiece(index + 1), temporaries.isDead(t.index, behind: index + 1)
    else { return }
    codes[index] = Code(
      op: .iterateRange, skip: 2, count: isClosed ? 1 : 0, a: iterator.index, b: a.index, c: b.index)
  }

  /// A jump to a return returns at once, and so does a move of what is returned behind it.
  private func joinReturn(_ index: Int, _ codes: inout [Code]) {
    let code = codes[index]
    if code.op == .jump, codes.indices.contains(Int(code.c)), codes[Int(code.c)].op == .returnValue {
      codes[index] = codes[Int(code.c)]
    } else if code.op == .move, codes.indices.contains(index + 1), codes[index + 1].op == .returnValue,
      codes[index + 1].a == code.a
    {
      codes[index] = Code(op: .returnValue, a: code.b)
    }
  }

  /// The back-edge of a loop over numbers goes on with the next one.
  private func joinNext(_ index: Int, _ codes: inout [Code]) {
    if codes[Int(codes[index].c)].op == .next { codes[index].op = .loopNext }
  }

  /// The `none` that an assignment leaves is not made where nobody reads it.
  private func skipIdle(behind index: Int, _ codes: inout [Code], _ constant: (Int32) -> Value) {
    let next = index + Int(codes[index].skip)
    guard codes.indices.contains(next), codes[next].op == .constant, case .none = constant(codes[next].b),
      temporaries.isDead(codes[next].a, behind: next)
    else { return }
    codes[index].skip += 1
  }
}

extension Opcode {
  /// The operation with a constant as right operand.
  fileprivate var withConstant: Opcode? {
    switch self {
    case .add: .addConstant
    case .subtract: .subtractConstant
    case .multiply: .multiplyConstant
    case .divide: .divideConstant
    case .remainder: .remainderConstant
    default: nil
    }
  }

  /// The operation with its result in a list.
  fileprivate var intoList: Opcode? {
    switch self {
    case .add: .addInto
    case .subtract: .subtractInto
    case .multiply: .multiplyInto
    case .addConstant: .addConstantInto
    case .subtractConstant: .subtractConstantInto
    case .multiplyConstant: .multiplyConstantInto
    default: nil
    }
  }

  fileprivate var branch: Opcode? {
    switch self {
    case .less: .lessBranch
    case .lessEqual: .lessEqualBranch
    case .greater: .greaterBranch
    case .greaterEqual: .greaterEqualBranch
    case .equal: .equalBranch
    case .notEqual: .notEqualBranch
    default: nil
    }
  }

  fileprivate var constantBranch: Opcode? {
    switch self {
    case .less: .lessConstantBranch
    case .lessEqual: .lessEqualConstantBranch
    case .greater: .greaterConstantBranch
    case .greaterEqual: .greaterEqualConstantBranch
    case .equal: .equalConstantBranch
    case .notEqual: .notEqualConstantBranch
    default: nil
    }
  }

  /// Of numbers, into a register.
  fileprivate var isArithmetic: Bool {
    switch self {
    case .append, .setElement, .storeGlobal: false
    default: endsStatement
    }
  }

  /// Done at once only with numbers, so that skipping what follows keeps no large value alive.
  fileprivate var endsStatement: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .remainder, .addConstant, .subtractConstant, .multiplyConstant,
      .divideConstant, .remainderConstant, .negate, .append, .setElement, .storeGlobal: true
    default: false
    }
  }
}
