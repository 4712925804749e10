//! The program `trefpunt`.

fn main() -> std::process::ExitCode {
    server::cli::main()
}
