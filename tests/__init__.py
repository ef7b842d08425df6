"""Tests of kelisim: laws, golden numbers, behaviour of every door, and the house itself (`tests/house`)."""
