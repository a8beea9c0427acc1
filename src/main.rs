//! The program: parse, call, exit code (0 clean, 1 findings, 2 usage or input and output).

fn main() {
    let code = atelier::cli::run(atelier::cli::parse());
    // everything is written by now; freeing the validator's 200 MB would cost more than the work itself
    std::process::exit(code)
}
