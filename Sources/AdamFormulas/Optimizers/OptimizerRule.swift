// What an optimizer is: hyperparameters, state slots and one formula over lanes.

/// A hyperparameter as plain data: the source of constructors, help, checks and files.
public struct Hyperparameter: Sendable {
  public enum Kind: Sendable { case number, flag }
  /// Torch's name.
  public var name: String
  public var kind: Kind
  /// One value, or two for `betas`. A flag is 0 or 1.
  public var defaults: [Double]
  /// Allowed values, ends as stated.
  public var minimum: Double
  public var maximum: Double
  public var excludesMaximum: Bool
  public var doc: String

  public init(
    _ name: String, _ defaults: [Double], from minimum: Double = 0, to maximum: Double = .infinity,
    excludesMaximum: Bool = false, doc: String
  ) {
    self.name = name
    self.kind = .number
    self.defaults = defaults
    self.minimum = minimum
    self.maximum = maximum
    self.excludesMaximum = excludesMaximum
    self.doc = doc
  }

  public init(flag name: String, doc: String) {
    self.name = name
    self.kind = .flag
    self.defaults = [0]
    self.minimum = 0
    self.maximum = 1
    self.excludesMaximum = false
    self.doc = doc
  }

  /// Whether `value` is in range; NaN never is. Infinity is refused for every hyperparameter.
  public func accepts(_ value: Double) -> Bool {
    value.isFinite && value >= minimum && (excludesMaximum ? value < maximum : value <= maximum)
  }

  /// `≥ 0`, `0 ≤ … < 1`, `true or false`.
  public var rangeText: String {
    if kind == .flag { return "true or false" }
    if maximum == .infinity { return "≥ \(Self.short(minimum))" }
    return "\(Self.short(minimum)) ≤ … \(excludesMaximum ? "<" : "≤") \(Self.short(maximum))"
  }

  private static func short(_ value: Double) -> String {
    if let whole = Int(exactly: value) { String(whole) } else { String(value) }
  }
}

/// One parameter element (or sixteen) on its way through an update.
public struct OptimizerLanes<L: Lanes> {
  public var parameter: L
  public var gradient: L
  /// In the order of `slotNames`; unused ones keep any value.
  public var slot0: L
  public var slot1: L
  public var slot2: L

  @inlinable @inline(__always)
  public init(parameter: L, gradient: L, slot0: L, slot1: L, slot2: L) {
    self.parameter = parameter
    self.gradient = gradient
    self.slot0 = slot0
    self.slot1 = slot1
    self.slot2 = slot2
  }
}

/// The numbers of one step, the same for every element.
public struct OptimizerScalars<L: Lanes> {
  public var s0, s1, s2, s3, s4, s5, s6, s7: L
  /// 1/s4 rounded, for rules that divide many numbers by s4 (`quotient`).
  public let inverse4: L

  /// `values` holds at least `OptimizerRules.scalarCount` numbers.
  @inlinable @inline(__always)
  public init(_ values: UnsafePointer<Float>) {
    s0 = L(lanes: values[0])
    s1 = L(lanes: values[1])
    s2 = L(lanes: values[2])
    s3 = L(lanes: values[3])
    s4 = L(lanes: values[4])
    s5 = L(lanes: values[5])
    s6 = L(lanes: values[6])
    s7 = L(lanes: values[7])
    inverse4 = L(lanes: 1) / s4
  }
}

extension OptimizerScalars where L == Double {
  /// The unrounded scalars, for a reference in Double.
  public init(doubles values: [Double]) {
    (s0, s1, s2, s3) = (values[0], values[1], values[2], values[3])
    (s4, s5, s6, s7) = (values[4], values[5], values[6], values[7])
    inverse4 = 1 / s4
  }
}

/// An optimizer. `hyper` is the values of `hyperparameters` in order, those with two values (betas)
/// taking two places: `defaultHyper` shows the form.
public protocol OptimizerRule {
  static var name: String { get }
  static var summary: String { get }
  /// The paper or the source of the formula.
  static var reference: String { get }
  static var formula: String { get }
  static var hyperparameters: [Hyperparameter] { get }
  /// What is wrong with hyperparameters that are each in range; nil when they go together.
  static func mistake(_ hyper: [Double]) -> String?
  /// State tensors of the parameter's shape, all starting at zero.
  static func slotNames(_ hyper: [Double]) -> [String]
  /// What the scalars mean, in order: `scalarCount` names, unused ones `""`.
  static var scalarNames: [String] { get }
  /// Structural choices as bits, constant for a plan: `n1` of the kernel.
  static func options(_ hyper: [Double]) -> Int
  /// The scalars of update `step` (1, 2, 3, …) in Double; each is rounded once, to Float.
  static func scalars(_ hyper: [Double], step: Int) -> [Double]
  /// The scalars of `count` updates from `step` on, each rounded once: one row of `scalarCount`
  /// after the other, so that a training step computes none. `rates` holds the learning rate of each
  /// update; nil: the one of `hyper`, whose first number it is.
  static func fillScalars(
    _ hyper: [Double], from step: Int, count: Int, rates: [Double]?, into rows: UnsafeMutablePointer<Float>)
  /// The update of one element.
  static func step<L: Lanes>(
    _ x: inout OptimizerLanes<L>, _ s: OptimizerScalars<L>, options: Int)
}

extension OptimizerRule {
  public static func mistake(_ hyper: [Double]) -> String? { nil }
  public static var defaultHyper: [Double] { hyperparameters.flatMap(\.defaults) }

  public static func fillScalars(
    _ hyper: [Double], from step: Int, count: Int, rates: [Double]? = nil, into rows: UnsafeMutablePointer<Float>
  ) {
    var hyper = hyper
    for row in 0..<max(count, 0) {
      if let rates { hyper[0] = rates[row] }
      for (place, value) in scalars(hyper, step: step + row).enumerated() {
        rows[row * OptimizerRules.scalarCount + place] = Float(value)
      }
    }
  }
}

/// The list of rules.
public enum OptimizerRules {
  public static var all: [any OptimizerRule.Type] { [Adam.self, AdamW.self, SGD.self] }
  /// Length of every rule's scalars.
  public static let scalarCount = 8
  public static func named(_ name: String) -> (any OptimizerRule.Type)? {
    all.first { $0.name == name }
  }
}
