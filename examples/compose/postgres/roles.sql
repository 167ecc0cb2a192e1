-- The login of the API and the workers, before the schema is there; the schema gives the roles what they may.
CREATE ROLE mendloop_writer NOLOGIN;
CREATE ROLE mendloop_retention NOLOGIN;
CREATE ROLE mendloop LOGIN IN ROLE mendloop_writer, mendloop_retention;
