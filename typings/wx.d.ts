// The globals of the mini-program: wx, App, Page, Component, getApp. Owns this one reference, nothing else.
/// <reference types="miniprogram-api-typings" />
