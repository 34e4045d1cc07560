// `@main` and the script's functions: register code with structured control flow, run by the VM and
// interpreted abstractly by the checker. Plain arrays of small instructions; nothing here executes.
//
// Shape of the code, on which both readers rely: every construct is contiguous, every jump goes
// forward except `loop`, and a loop is left only to the index behind its back-edge.
//
//     if         c; jumpIfFalse c → E; …; jump → X; E: …; X:          (value: both write one register)
//     a and b    a; requireBool; jumpIfFalse → X; b; requireBool; X:  (`or` with jumpIfTrue)
//     while      H: loopHeader(end: X); c; jumpIfFalse c → X; …; C: loop → H; X:
//     for        iterate; H: loopHeader(end: X); next(done: X); unpack…; …; C: loop → H; X:
//     break, continue                                                 jump → X, jump → C
//     inlined    inlined f → E; …; jump → X; E: call f; X:            (made by the pass `inline`)
//
// `ControlStructure` finds these shapes again; the text form prints them and the verifier wants them.
// Registers start unset. `requireSet` stands only before reads that may come before an assignment.
import AdamSource

/// A register of the running function.
package struct Register: Hashable, Sendable {
  package var index: Int32
  package init(_ index: Int32) { self.index = index }
}

package enum Constant: Hashable, Sendable {
  case none
  case bool(Bool)
  case number(Double)
  case string(String)
}

package enum ProgramOperator: UInt8, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, remainder, power, matmul, concatenate
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  /// Joins two schedules.
  case then
}

/// One argument of a call: a register, a keyword when named. `isImplicit` marks the well-known
/// names that a verb takes from its scope (`model data loss opt`); such a register may be unset.
package struct CallArgument: Hashable, Sendable {
  package var name: String?
  package var register: Register
  package var span: Span
  package var isImplicit: Bool
  /// Place of the keyword alone (`span` is the value's), for unknown and repeated keywords.
  package var nameSpan: Span?
  package init(
    name: String? = nil, _ register: Register, _ span: Span, isImplicit: Bool = false,
    nameSpan: Span? = nil
  ) {
    self.name = name
    self.register = register
    self.span = span
    self.isImplicit = isImplicit
    self.nameSpan = nameSpan
  }
}

package struct CallSite: Hashable, Sendable {
  package var arguments: [CallArgument]
  /// For `callMethod`: the local function that `v.f(args)` calls when `v` has no field `f`.
  package var fallback: Register?
  /// For `callMethod` as a statement: the result is stored only if the callee updates its variable.
  package var isUpdate: Bool
  package init(_ arguments: [CallArgument], fallback: Register? = nil, isUpdate: Bool = false) {
    self.arguments = arguments
    self.fallback = fallback
    self.isUpdate = isUpdate
  }
}

package enum IndexOperand: Hashable, Sendable {
  case value(Register)
  case all
  case from(Register)
  case upTo(Register, isClosed: Bool)
}

package enum FormatPart: Hashable, Sendable {
  case text(String)
  /// A value with its format spec as written (nil: shortest form).
  case value(Register, spec: String?)
}

package struct ClosureSite: Hashable, Sendable {
  /// Index into `Program.functions`.
  package var function: Int
  /// Registers whose values are captured now, and the registers of the callee that receive them.
  package var captures: [Capture]
  package struct Capture: Hashable, Sendable {
    package var from: Register
    package var to: Register
    package init(from: Register, to: Register) {
      self.from = from
      self.to = to
    }
  }
  /// Default values by parameter index, evaluated when the function is created.
  package var defaults: [Default]
  package struct Default: Hashable, Sendable {
    package var parameter: Int
    package var from: Register
    package init(parameter: Int, from: Register) {
      self.parameter = parameter
      self.from = from
    }
  }
  package init(function: Int, captures: [Capture] = [], defaults: [Default] = []) {
    self.function = function
    self.captures = captures
    self.defaults = defaults
  }
}

package struct HookSite: Hashable, Sendable {
  /// `epoch` or `step`.
  package var event: String
  package var every: Register?
  package var closure: Register
  /// For a block inside a function: what it reads of the function's variables, read anew each time.
  package var captures: [ClosureSite.Capture]
  /// The function's variables that the block updates. Its call gives a tuple: whether the training
  /// ends, then their values in this order.
  package var updates: [Update]
  package struct Update: Hashable, Sendable {
    package var name: String
    package var register: Register
    package init(_ name: String, _ register: Register) {
      self.name = name
      self.register = register
    }
  }
  package init(
    event: String, every: Register?, closure: Register, captures: [ClosureSite.Capture] = [],
    updates: [Update] = []
  ) {
    self.event = event
    self.every = every
    self.closure = closure
    self.captures = captures
    self.updates = updates
  }
}

/// Label targets are instruction indices. `d` is the register written.
package enum Instruction: Hashable, Sendable {
  case constant(d: Register, Constant)
  case move(d: Register, Register)
  /// Marks a local as not yet assigned.
  case unset(d: Register)
  /// A located error when the register is unset. `name` is the variable.
  case requireSet(Register, name: Int32)
  /// Top-level variable, else builtin of that name; a located error when neither.
  case loadGlobal(d: Register, name: Int32)
  /// As `loadGlobal`, but yields unset instead of an error (defaults of verbs) and never a builtin.
  case loadGlobalIfSet(d: Register, name: Int32)
  case storeGlobal(name: Int32, Register)
  case binary(d: Register, ProgramOperator, Register, Register)
  case negate(d: Register, Register)
  case not(d: Register, Register)
  /// Check that the register holds a bool (operands of `and`, `or`).
  case requireBool(Register)
  case jump(Int32)
  /// The condition must be a bool.
  case jumpIfFalse(Register, Int32)
  case jumpIfTrue(Register, Int32)
  /// Back-edge of a loop: counts the operation budget and polls cancel.
  case loop(Int32)
  /// First instruction of a loop body's test; `end` is the index after the loop's back-edge.
  case loopHeader(end: Int32)
  /// Goes on when the register holds this program's function of that number, and counts a call; else
  /// jumps to the call itself. What stands between is that function's body.
  case inlined(Register, function: Int, Int32)
  case list(d: Register, [Register])
  case tuple(d: Register, [Register])
  case record(d: Register, names: [String], [Register])
  case range(d: Register, Register, Register, isClosed: Bool)
  case format(d: Register, [FormatPart])
  case index(d: Register, Register, [IndexOperand])
  /// Replaces an element of the (unshared or copied) collection in `base` and leaves it in `base`.
  case setIndex(base: Register, [IndexOperand], Register)
  case field(d: Register, Register, name: Int32)
  case setField(base: Register, name: Int32, Register)
  case call(d: Register, Register, CallSite)
  /// `v.f(args)`: the field `f` of `v` if it has one, else `f(v, args)`.
  case callMethod(d: Register, Register, name: Int32, CallSite)
  /// A verb by name; its implicit arguments stand last in the site.
  case verb(d: Register, name: Int32, CallSite)
  case closure(d: Register, ClosureSite)
  /// Starts an iteration over a list, tuple, range, tensor or string. The iterator takes the three
  /// registers from `d` on.
  case iterate(d: Register, Register)
  /// Next element, or jump when there is none.
  case next(d: Register, iterator: Register, done: Int32)
  /// Destructures a tuple, list or rank-≥1 tensor into consecutive registers.
  case unpack(first: Register, Register, count: Int32)
  case append(list: Register, Register)
  case hook(d: Register, HookSite)
  /// Runs a file once per session and gives a record of its public names; as a statement it also adds
  /// them to the names of this file.
  case importModule(d: Register, module: Int32, addsNames: Bool)
  /// `assert`: the condition; both compared sides when it is a comparison, else the condition again and
  /// the parts to show; and the message.
  case assert(Register, sides: [Register], message: Register?)
  /// Start of a top-level statement: what fails before the next one changes no variable.
  case statement
  /// The value of an expression statement at top level (the REPL shows it).
  case result(Register)
  case returnValue(Register)
  /// Something the language has and this version does not run: a located error that says so.
  case unsupported(String)
}

package struct ProgramFunction: Hashable, Sendable {
  package struct Parameter: Hashable, Sendable {
    package var name: String
    package var hasDefault: Bool
    package init(name: String, hasDefault: Bool = false) {
      self.name = name
      self.hasDefault = hasDefault
    }
  }
  package var name: String
  /// Parameter i arrives in register i.
  package var parameters: [Parameter] = []
  package var registerCount: Int32 = 0
  package var instructions: [Instruction] = []
  /// Place of each instruction.
  package var spans: [Span] = []
  package var span: Span
  /// For `on` blocks: the parameters are `hookNames`, bound by the training loop. The call gives
  /// `true` when the block ended with `break` (stop the training), else none; inside a function it
  /// gives that and what `HookSite.updates` names, as a tuple.
  package var isHook = false
  /// What an `on` block may name beside the script's variables. A value that does not exist yet
  /// (`val_loss` before the first validation) is passed as `none`.
  package static let hookNames = ["epoch", "step", "loss", "val_loss"]
  /// Receives the function itself when it is called: a local function that names itself.
  package var selfRegister: Register?
  /// The names of the captured values, with the registers that receive them.
  package var captures: [Capture] = []
  package struct Capture: Hashable, Sendable {
    package var name: String
    package var register: Register
    package init(_ name: String, _ register: Register) {
      self.name = name
      self.register = register
    }
  }
  package init(name: String, span: Span) {
    self.name = name
    self.span = span
  }
}

package struct Program: Hashable, Sendable {
  /// Function 0 is `@main`.
  package var functions: [ProgramFunction] = []
  /// Names that instructions refer to by index.
  package var names: [String] = []
  /// Whose top-level names these are: 0 for the session's, else an imported file's number.
  package var module: Int32 = 0
  package init() {}
}
