package io.github.dkm4j.rewrap;

import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class H2RewrapTest extends RewrapContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    @Override
    DataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:rewrap" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
        source.setUser("sa");
        return source;
    }

    @Override
    String binary() {
        return "BINARY VARYING(4000)";
    }
}
