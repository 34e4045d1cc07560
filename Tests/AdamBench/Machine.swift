// What the machine is and can do at most: the denominators of the shares.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import CMachineLimits

/// Measured in the run that it is compared in: another machine, or another hour, has other limits.
struct Machine {
  var processor: String
  var cores: Int
  var threads: Int
  /// Billions of operations a second by multiply-adds in registers.
  var gigaflops: Double
  /// Billions of bytes a second, read and written, by copies of memory.
  var gigabytes: Double

  static func measured(threads: Int, seconds: Double) -> Machine {
    Machine(
      processor: processorName, cores: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), threads: threads,
      gigaflops: adam_limit_flops(Int32(threads), max(seconds / 10, 0.1)),
      gigabytes: adam_limit_copy(Int32(threads), max(seconds / 4, 0.5)))
  }

  /// How much of the limit so much work in so many seconds is.
  func share(_ work: Work, _ seconds: Double) -> Double {
    switch work {
    case .flops(let count): count / seconds / 1e9 / gigaflops
    case .bytes(let count): count / seconds / 1e9 / gigabytes
    }
  }

  var json: String {
    "{\"machine\":\"\(processor)\",\"cores\":\(cores),\"threads\":\(threads),"
      + "\"fma_gflops\":\(rounded(gigaflops, 1)),\"copy_gbps\":\(rounded(gigabytes, 1))}"
  }

  var text: String {
    let count = threads == 1 ? "1 thread" : "\(threads) threads"
    return "\(processor), \(cores) cores; with \(count) at most \(rounded(gigaflops, 1)) GFLOP/s, "
      + "\(rounded(gigabytes, 1)) GB/s copied"
  }

  private static var processorName: String {
    guard let text = try? textOfFile("/proc/cpuinfo") else { return "unknown processor" }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
    return (name ?? "unknown processor").filter { $0 != "\"" && $0 != "\\" }
  }
}

/// All of a text file, whatever size it says it has.
func textOfFile(_ path: String) throws -> String {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { throw BenchError("cannot read \(path)") }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer.prefix(count) }
  return String(decoding: bytes, as: UTF8.self)
}
