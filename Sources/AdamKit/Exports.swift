// What a program that embeds the interpreter sees beside `Session`: diagnostics and the host.
@_exported import AdamData
@_exported import AdamSource
