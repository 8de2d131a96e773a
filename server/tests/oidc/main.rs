//! The endpoints applications call, in process, on both databases. Grants are stored directly, so that nothing here
//! depends on how somebody signed in.

mod assertion;
mod documents;
mod given_back;
mod keys;
mod logout;
mod refresh;
mod stage;
mod token;
mod userinfo;
