// What the benchmark is asked for.

struct Options {
  /// The program that whole-process workloads start.
  var program = ""
  var workloads: [Workload] = []
  var language: [LanguageWorkload] = []
  /// The folder `Peers` of the benchmark.
  var scripts: String?
  var threads = 1
  /// Time of the seven blocks of one measurement.
  var seconds = 3.0
  /// Starts of a whole process in one measurement.
  var processRuns: Int { max(20, Int(seconds * 20)) }
  var data: String?
  var peers: String?
  var python = "python3"
  var isJSON = false
  /// Lists the calls of a step instead.
  var showsCalls = false
  /// What `--json` wrote in an earlier run.
  var baseline: String?

  static let usage = """
    usage: bench [--json] [--calls] [workload …] [--language] [--threads n] [--seconds s]
                 [--data DIR] [--peers DIR] [--python PYTHON] [--compare FILE]
    workloads: \(Workload.allCases.map(\.rawValue).joined(separator: " ")) (all without a name)
    language: \(LanguageWorkload.allCases.map(\.rawValue).joined(separator: " ")) (all with --language)

    """

  /// nil: a mistake; the usage says what is known.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--json" {
        isJSON = true
      } else if word == "--calls" {
        showsCalls = true
      } else if word == "--language" {
        language = LanguageWorkload.allCases
      } else if let workload = Workload(rawValue: word) {
        workloads.append(workload)
      } else if let workload = LanguageWorkload(rawValue: word) {
        language.append(workload)
      } else {
        guard let value = rest.popFirst(), set(word, value) else { return nil }
      }
    }
    if workloads.isEmpty, language.isEmpty { workloads = Workload.allCases }
  }

  private mutating func set(_ name: String, _ value: String) -> Bool {
    switch name {
    case "--program": program = value
    case "--data": data = value
    case "--peers": peers = value
    case "--scripts": scripts = value
    case "--compare": baseline = value
    case "--python": python = value
    case "--threads":
      guard let number = Int(value), (1...64).contains(number) else { return false }
      threads = number
    case "--seconds":
      guard let number = Double(value), number > 0, number < 1e6 else { return false }
      seconds = number
    default: return false
    }
    return true
  }
}
