//! Prêt: the lending desk of a university in one binary.

pub mod app;
pub mod audit;
pub mod booking;
pub mod bootstrap;
pub mod calendar;
pub mod cli;
pub mod config;
pub mod db;
pub mod health;
pub mod http;
pub mod identity;
pub mod inventory;
pub mod kernel;
pub mod keys;
pub mod serve;
