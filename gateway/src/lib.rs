//! Adapters behind the services' ports, and the simulators that speak the same wire APIs.

mod breaker;
pub mod files;
pub mod mail;
pub mod payment;
pub mod simulator;
