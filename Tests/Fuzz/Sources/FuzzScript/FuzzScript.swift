// Inputs led by the coverage they reach, with the address sanitizer watching. It has no `main` of its own:
//
//   swift build --package-path Tests/Fuzz -c release --product FuzzScript --scratch-path DIR \
//     --sanitize=fuzzer --sanitize=address -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld
//   DIR/release/FuzzScript CORPUS -max_total_time=600 -max_len=4096 -timeout=10 -rss_limit_mb=2048 </dev/null
//
// The order of the sanitizers matters: the other way round one of the languages is left without counters.
import FuzzTrial

/// What libFuzzer calls with every input: a broken promise ends the process, as a trap does.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
  let verdict = Trial.run(text, inPieces: text.count % 8 == 0, comparesMachines: false)
  if let broken = verdict.broken { fatalError(broken) }
  return 0
}
